import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';

@WebSocketGateway({
  namespace: 'chat',
  cors: {
    origin: /\.example\.com$/,
    methods: ['GET', 'POST'],
  },
})
export class ChatGateway {
  @WebSocketServer()
  server: unknown;

  @SubscribeMessage('say')
  say(@MessageBody() text: string): string {
    return text;
  }
}
