import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Module, type DynamicModule, type INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';

import { Cors, CorsModule } from '../../lib/index.js';
import { ORIGINS, POLICY } from './policies.js';

export const SOCKET_KINDS = ['ws', 'socket.io'] as const;
export type SocketKind = (typeof SOCKET_KINDS)[number];

/** Where the gateway of each kind is. */
export const GATEWAY_PATHS: Readonly<Record<SocketKind, string>> = {
  ws: '/feed',
  'socket.io': '/socket.io/?EIO=4&transport=websocket',
};

/** An application with one gateway that answers what it is told; `judged`: with a policy of the gateway's own. */
export async function startGateway(kind: SocketKind, judged: boolean): Promise<INestApplication> {
  const app = await NestFactory.create(gatewayModule(kind, judged), new ExpressAdapter(), { logger: ['error'] });
  if (kind === 'ws') {
    app.useWebSocketAdapter(new WsAdapter(app));
  }
  await app.listen(0, '127.0.0.1');
  return app;
}

function gatewayModule(kind: SocketKind, judged: boolean): DynamicModule {
  @WebSocketGateway(kind === 'ws' ? { path: GATEWAY_PATHS.ws } : {})
  class EchoGateway {
    @SubscribeMessage('echo') echo(@MessageBody() data: unknown): { event: string; data: unknown } {
      return { event: 'echo', data };
    }
  }
  if (judged) {
    Cors({ origin: [...ORIGINS] })(EchoGateway);
  }

  @Module({})
  class GatewayModule {}
  return { module: GatewayModule, imports: judged ? [CorsModule.forRoot(POLICY)] : [], providers: [EchoGateway] };
}
