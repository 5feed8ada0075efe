import { Module } from '@nestjs/common';
import { ChatGateway } from './chat.gateway';
import { NewsGateway } from './news.gateway';

@Module({ providers: [ChatGateway, NewsGateway] })
export class ChatModule {}
