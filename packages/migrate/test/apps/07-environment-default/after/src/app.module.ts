import { Module } from '@nestjs/common';
import { CorsModule } from 'nestjs-cors';
import { AppController } from './app.controller';

@Module({
  imports: [
    CorsModule.forRootAsync({
      useFactory: () => ({
        origin: process.env.FRONTEND_URL || 'http://localhost:5173',
        methods: ['GET', 'POST', 'PUT', 'DELETE'],
        credentials: true,
      }),
    }),
  ],
  controllers: [AppController],
})
export class AppModule {}
