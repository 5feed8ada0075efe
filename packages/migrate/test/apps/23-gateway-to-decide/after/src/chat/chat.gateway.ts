import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';

// nestjs-cors-migrate: the origin is a RegExp. Write a pattern such as 'https://*.example.com'
//   instead; a RegExp has to match the whole origin in nestjs-cors, and must not match other sites.
//   To do so, move the options to @Cors({ origin: … }) on the class and delete the option cors.
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
