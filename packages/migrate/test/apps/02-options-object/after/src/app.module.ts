import { Module } from '@nestjs/common';
import { CorsModule } from 'nestjs-cors';
import { AppController } from './app.controller';

@Module({
  imports: [
    CorsModule.forRoot({
      // the shop, and the back office
      origin: ['https://shop.example.com', 'https://office.example.com'],
      methods: 'GET,HEAD,PUT,PATCH,POST,DELETE',
      optionsSuccessStatus: 204,
      credentials: true, // session cookie
    }),
  ],
  controllers: [AppController],
})
export class AppModule {}
