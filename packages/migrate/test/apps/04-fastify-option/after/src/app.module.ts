import { Module } from '@nestjs/common';
import { CorsModule } from 'nestjs-cors';
import { AppController } from './app.controller';

@Module({
  imports: [
    CorsModule.forRoot({
      origin: 'https://app.example.com',
      allowedHeaders: 'Content-Type, Authorization',
      maxAge: 86400,
    }),
  ],
  controllers: [AppController],
})
export class AppModule {}
