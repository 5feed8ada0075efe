import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';

// nestjs-cors-migrate: the origin is a RegExp. Write a pattern such as 'https://*.example.com'
//   instead; a RegExp has to match the whole origin here, and must not match other sites.
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
