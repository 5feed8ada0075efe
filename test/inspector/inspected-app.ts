/** An application with something of everything that the inspector shows. */
import { Controller, Get, Module, Post, Put, type DynamicModule, type INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';
import { Cors, CorsModule } from 'nestjs-cors';
import { CorsInspectorModule, type CorsInspectorOptions } from 'nestjs-cors/inspector';

import { APP } from '../cases/cors-case.js';
import { startApp, type AppSetup, type RunningApp } from '../support/running-app.js';
import type { Answer, Asked } from '../support/http-client.js';
import type { Way } from '../support/ways.js';
import { reach } from '../support/witness.js';

@Controller('cats')
class CatsController {
  @Get() list(): string {
    return reach('list');
  }

  @Get('shared') @Cors({ origin: '*', credentials: false }) shared(): string {
    return reach('shared');
  }

  @Put(':id') @Cors({ allowedHeaders: ['X-Known'] }) rename(): string {
    return reach('rename');
  }

  @Post('asking') @Cors({ origin: () => reach('asked') === 'asked' }) asking(): string {
    return reach('asking');
  }

  @Get('closed') @Cors(false) closed(): string {
    return reach('closed');
  }
}

/** Open to `APP`, with credentials, on every URL: what is not closed by itself would be shared. */
export function inspectedModule(options?: CorsInspectorOptions): DynamicModule {
  @Module({
    imports: [
      CorsModule.forRoot({
        origin: APP,
        credentials: true,
        paths: [{ path: '/files{/*rest}', policy: { origin: '*', credentials: false } }],
      }),
      CorsInspectorModule.forRoot(options),
    ],
    controllers: [CatsController],
  })
  class InspectedModule {}
  return { module: InspectedModule };
}

export async function startInspected(way: Way, options?: CorsInspectorOptions, setup?: AppSetup): Promise<RunningApp> {
  return startApp(way, inspectedModule(options), setup);
}

/** A gateway of ws, for `APP`. */
@WebSocketGateway({ path: '/ticker' })
@Cors({ origin: APP })
class TickerGateway {}

/** The same application with a socket. */
export async function startInspectedSocket(way: Way): Promise<RunningApp> {
  @Module({ imports: [inspectedModule()], providers: [TickerGateway] })
  class SocketModule {}
  return startApp(way, SocketModule, { configure: (app) => app.useWebSocketAdapter(new WsAdapter(app)) });
}

/** As the page asks. */
export async function data(app: RunningApp, file: string, path = '/cors'): Promise<{ status: number; body: unknown }> {
  const { status, body } = await app.send(own({ path: `${path}/${file}` }));
  return { status, body: status === 200 ? JSON.parse(body) : body };
}

export function own(asked: Asked): Asked {
  return { ...asked, headers: { 'X-CORS-Inspector': '1', 'Sec-Fetch-Site': 'same-origin', ...asked.headers } };
}

export async function page(app: RunningApp, asked: Asked = {}): Promise<Answer> {
  return app.send({ path: '/cors', ...asked });
}

export type Configure = (app: INestApplication) => unknown;
