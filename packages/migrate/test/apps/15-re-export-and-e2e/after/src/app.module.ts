import { Module } from '@nestjs/common';
import { CorsModule } from 'nestjs-cors';
import { AppController } from './app.controller';

@Module({
  imports: [
    CorsModule.forRoot({
      origin: ['https://a.example.com', 'https://b.example.com'],
    }),
  ],
  controllers: [AppController],
})
export class AppModule {}
