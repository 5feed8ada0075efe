import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';
import { Cors } from 'nestjs-cors';

@WebSocketGateway({
  namespace: 'chat',
})
@Cors({
  origin: '*',
  credentials: false,
})
export class ChatGateway {
  @WebSocketServer()
  server: unknown;

  @SubscribeMessage('say')
  say(@MessageBody() text: string): string {
    return text;
  }
}
