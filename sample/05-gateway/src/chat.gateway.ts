import { MessageBody, SubscribeMessage, WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import { Cors } from 'nestjs-cors';
import type { Namespace } from 'socket.io';

@WebSocketGateway({ namespace: 'chat' })
@Cors({ credentials: true })
export class ChatGateway {
  @WebSocketServer() private readonly room?: Namespace;

  @SubscribeMessage('say')
  say(@MessageBody() text: string): void {
    this.room?.emit('said', text);
  }
}
