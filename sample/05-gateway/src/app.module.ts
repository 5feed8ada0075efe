import { Module } from '@nestjs/common';
import { CorsModule } from 'nestjs-cors';
import { ChatGateway } from './chat.gateway.js';

@Module({
  imports: [
    // The policy of every socket that has none of its own: the ticker's, for one.
    CorsModule.forRoot({ origin: process.env['PAGE_ORIGIN'] ?? 'http://localhost:8080' }),
  ],
  providers: [ChatGateway],
})
export class AppModule {}
