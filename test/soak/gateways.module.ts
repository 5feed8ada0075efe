import 'reflect-metadata';
import { Module, type INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';
import { Cors, CorsModule } from 'nestjs-cors';
import { HANGS_FOR, isCustomer, isTenant } from './random-handshake.js';

const askTenant = async (origin: string): Promise<boolean> => {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  return isTenant(origin);
};

const ROOT = CorsModule.forRoot({ origin: ['https://app.example.com', 'https://*.customers.example'] });

@WebSocketGateway({ path: '/named' })
class NamedGateway {}

@WebSocketGateway({ path: '/asking' })
@Cors({ origin: askTenant })
class AskingGateway {}

@WebSocketGateway({ path: '/hanging' })
@Cors({ origin: async () => new Promise<boolean>(() => undefined), originTimeout: HANGS_FOR })
class HangingGateway {}

@Module({ imports: [ROOT], providers: [NamedGateway, AskingGateway, HangingGateway] })
export class WsModule {}

@WebSocketGateway()
class RootGateway {}

@WebSocketGateway({ namespace: 'customers' })
@Cors({ origin: isCustomer })
class CustomersGateway {}

@WebSocketGateway({ namespace: 'tenants' })
@Cors({ origin: askTenant })
class TenantsGateway {}

@Module({ imports: [ROOT], providers: [RootGateway, CustomersGateway, TenantsGateway] })
export class SocketIoModule {}

export function useWs(app: INestApplication): void {
  app.useWebSocketAdapter(new WsAdapter(app));
}
