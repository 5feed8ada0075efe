import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';

@WebSocketGateway(0, { cors: true })
export class NewsGateway {
  @SubscribeMessage('news')
  news(): string {
    return 'none';
  }
}
