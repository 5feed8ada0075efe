import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Cors } from 'nestjs-cors';

@WebSocketGateway(0)
@Cors({ origin: '*', credentials: false })
export class NewsGateway {
  @SubscribeMessage('news')
  news(): string {
    return 'none';
  }
}
