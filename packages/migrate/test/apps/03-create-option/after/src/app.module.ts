import { Module } from '@nestjs/common';
import { CorsModule } from 'nestjs-cors';
import { AppController } from './app.controller';

@Module({
  imports: [CorsModule.forRoot({ origin: '*' })],
  controllers: [AppController],
})
export class AppModule {}
