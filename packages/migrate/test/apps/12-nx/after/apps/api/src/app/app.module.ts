import { Module } from '@nestjs/common';
import { CorsModule } from 'nestjs-cors';
import { environment } from '@acme/environment';
import { AppController } from './app.controller';

@Module({
  imports: [CorsModule.forRoot({ origin: environment.cors.origins })],
  controllers: [AppController],
})
export class AppModule {}
