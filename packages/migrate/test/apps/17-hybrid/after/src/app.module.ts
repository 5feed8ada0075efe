import { Module } from '@nestjs/common';
import { CorsModule } from 'nestjs-cors';
import { AppController } from './app.controller';

@Module({
  imports: [CorsModule.forRoot({ origin: '*', maxAge: 3600 })],
  controllers: [AppController],
})
export class AppModule {}
