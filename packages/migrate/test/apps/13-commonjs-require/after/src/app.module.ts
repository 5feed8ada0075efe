import { Module } from '@nestjs/common';
import { CorsModule } from 'nestjs-cors';
import { AppController } from './app.controller';

@Module({
  imports: [
    CorsModule.forRoot({
      origin: 'https://app.example.com',
      optionsSuccessStatus: 200,
    }),
  ],
  controllers: [AppController],
})
export class AppModule {}
