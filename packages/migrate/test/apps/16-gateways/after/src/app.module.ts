import { Module } from '@nestjs/common';
import { CorsModule } from 'nestjs-cors';
import { AppController } from './app.controller';
import { ChatModule } from './chat/chat.module';

@Module({
  imports: [
    ChatModule,
    CorsModule.forRoot({
      origin: 'https://app.example.com',
      credentials: true,
    }),
  ],
  controllers: [AppController],
})
export class AppModule {}
