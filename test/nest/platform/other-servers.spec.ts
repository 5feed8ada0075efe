import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Put, Res } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Cors } from 'nestjs-cors';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';

import { ACAC, ACAM, ACAO, APP, PREFLIGHT_VARY } from '../../cases/cors-case.js';
import { send, type Asked } from '../../support/http-client.js';
import { log } from '../../support/log-capture.js';
import {
  createApp,
  createExpress,
  expressOf,
  rootModule,
  startApp,
  type RunningApp,
} from '../../support/running-app.js';
import { EXPRESS, FASTIFY } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const OTHER = 'https://other.example';
const READABLE = { [ACAO]: APP, vary: 'Origin' };

@Controller('cats')
@Cors({ origin: APP })
class CatsController {
  @Get() list(): string {
    return reach('list');
  }

  @Put(':id') @Cors({ credentials: true }) update(): string {
    return reach('update');
  }

  @Get('enforced') @Cors({ enforce: true }) enforced(): string {
    return reach('enforced');
  }

  @Get('raw') raw(@Res() reply: { raw: ServerResponse; hijack(): void }): void {
    reply.hijack();
    reply.raw.writeHead(200, { 'Access-Control-Allow-Origin': '*', Vary: 'Accept' });
    reply.raw.end(reach('raw'));
  }
}

const root = rootModule(
  { controllers: [CatsController] },
  { paths: [{ path: '/files/*any', policy: { origin: '*' } }] },
);

describe('a Nest application mounted in an outer Express app', () => {
  let server: Server;
  let nest: INestApplication;
  const ask = async (asked: Asked) => send((server.address() as AddressInfo).port, asked);

  beforeAll(async () => {
    nest = await createApp(EXPRESS, root);
    await nest.init();
    const outer = createExpress();
    outer.use('/api', expressOf(nest));
    outer.use((_request, response) => void response.status(404).send('outer'));
    server = createServer(outer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => void server.close());

  it('judges URLs as it sees them itself', async () => {
    expect(await ask({ path: '/api/cats?x', origin: APP })).toMatchObject({ body: 'list', cors: READABLE });
    expect((await ask({ path: '/api/files/a', origin: OTHER })).cors).toEqual({ [ACAO]: '*' });
    expect(log.complaints).toEqual([]);
  });

  it('answers preflights of its own URLs', async () => {
    const { status, cors } = await ask({ method: 'OPTIONS', path: '/api/cats/1', origin: APP, requestMethod: 'PUT' });
    expect([status, cors]).toEqual([204, { [ACAO]: APP, [ACAC]: 'true', [ACAM]: 'PUT', vary: PREFLIGHT_VARY }]);
  });

  it('leaves the others alone', async () => {
    expect(await ask({ path: '/cats', origin: APP })).toMatchObject({ status: 404, body: 'outer', cors: {} });
  });
});

describe('HTTP/2, on Fastify', () => {
  let app: RunningApp;
  let session: ClientHttp2Session;
  beforeAll(async () => {
    app = await startApp(FASTIFY, root, { adapter: new FastifyAdapter({ http2: true }) });
    session = connect(`http://127.0.0.1:${app.port}`);
  });
  afterAll(() => session.destroy());

  async function ask(
    headers: Readonly<Record<string, string>>,
  ): Promise<{ status: number | undefined; cors: object; body: string }> {
    const stream = session.request(headers);
    const head = await new Promise<IncomingHttpHeaders>((resolve, reject) => {
      stream.once('response', resolve).once('error', reject);
    });
    let body = '';
    for await (const chunk of stream) {
      body += String(chunk);
    }
    const cors = Object.entries(head).filter(([name]) => name === 'vary' || name.startsWith('access-control-'));
    return { status: Number(head[':status']), cors: Object.fromEntries(cors), body };
  }

  it('responses carry the headers', async () => {
    expect(await ask({ ':path': '/cats', origin: APP })).toEqual({ status: 200, cors: READABLE, body: 'list' });
    expect(await ask({ ':path': '/cats', origin: OTHER })).toEqual({
      status: 200,
      cors: { vary: 'Origin' },
      body: 'list',
    });
    expect(await ask({ ':path': '/cats/raw', origin: APP })).toEqual({
      status: 200,
      cors: { [ACAO]: APP, vary: 'Accept, Origin' },
      body: 'raw',
    });
    expect(await ask({ ':path': '/files/a', origin: APP })).toMatchObject({ status: 404, cors: { [ACAO]: '*' } });
    expect(log.ofCors('error')).toEqual([]);
  });

  it('preflights are answered', async () => {
    const preflight = { ':method': 'OPTIONS', ':path': '/cats/1', 'access-control-request-method': 'PUT' };
    expect(await ask({ ...preflight, origin: APP })).toEqual({
      status: 204,
      cors: { [ACAO]: APP, [ACAC]: 'true', [ACAM]: 'PUT', vary: PREFLIGHT_VARY },
      body: '',
    });
    expect(await ask({ ...preflight, origin: OTHER })).toEqual({
      status: 403,
      cors: { vary: PREFLIGHT_VARY },
      body: '',
    });
    expect(reached).toEqual([]);
  });

  it('an enforced policy takes :authority for the host', async () => {
    const enforced = { ':path': '/cats/enforced', ':authority': 'shop.example:443' };
    expect(await ask({ ...enforced, origin: 'https://shop.example' })).toMatchObject({ status: 200, body: 'enforced' });
    expect(await ask({ ...enforced, origin: 'https://shop.example:8443' })).toMatchObject({
      status: 403,
      cors: { vary: 'Origin' },
    });
    // A Host beside it means nothing, whichever of the two a page could have chosen.
    const both = { ':path': '/cats/enforced', ':authority': 'shop.example', host: 'other.example' };
    expect((await ask({ ...both, origin: 'https://shop.example' })).status).toBe(200);
    expect((await ask({ ...both, origin: OTHER })).status).toBe(403);
  });

  it('an enforced policy believes the browser before :authority', async () => {
    const own = { ':path': '/cats/enforced', ':authority': 'shop.example', origin: 'http://shop.example' };
    const statuses: unknown[] = [];
    for (const site of ['cross-site', 'same-site', '', 'same-origin, cross-site', 'same-origin', 'none']) {
      statuses.push((await ask({ ...own, 'sec-fetch-site': site })).status);
    }
    expect(statuses).toEqual([403, 403, 403, 403, 200, 200]);
  });
});
