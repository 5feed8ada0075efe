/** Requests and responses that are none of Node's: handler tests and adapters imitate them. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Put, Res } from '@nestjs/common';
import { Cors } from 'nestjs-cors';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createMocks, type RequestMethod } from 'node-mocks-http';

import { ACAC, ACAO, APP } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { rawResponse, type AnyReply } from '../../support/raw-response.js';
import { expressOf, fastifyOf, rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY, type Way } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const OTHER = 'https://other.example';

@Controller('cats')
class CatsController {
  @Get() list(@Res() reply: AnyReply): void {
    const response = rawResponse(reply);
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Vary', 'Accept');
    response.end(reach('list'));
  }
  @Get('plain') plain(@Res() reply: AnyReply): void {
    rawResponse(reply).end(reach('plain'));
  }
  @Get('head') head(@Res() reply: AnyReply): void {
    rawResponse(reply).writeHead(200, { 'X-App': 'yes', Vary: 'Accept' }).end(reach('head'));
  }
  @Get('piece') piece(@Res() reply: AnyReply): void {
    const response = rawResponse(reply);
    response.write('first ');
    response.end(reach('piece'));
  }
  @Get('closed') @Cors({ enforce: true }) closed(): string {
    return reach('closed');
  }
  @Put() update(): string {
    return reach('update');
  }
}

interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** Hands an imitated request to the platform, as a handler test does. */
async function exchange(
  { nest }: RunningApp,
  way: Way,
  url: string,
  origin?: string,
  method: RequestMethod = 'GET',
): Promise<Seen> {
  const headers = {
    host: 'api.example.com',
    ...(origin !== undefined && { origin }),
    ...(method === 'OPTIONS' && { 'access-control-request-method': 'PUT' }),
  };
  const { req, res } = createMocks({ method, url, headers }, { eventEmitter: EventEmitter });
  await new Promise((resolve) => {
    res.once('end', resolve);
    // The platforms are typed for Node's own.
    const [request, response]: [IncomingMessage, ServerResponse] = [req, res];
    if (way.isExpress) {
      Reflect.apply(expressOf(nest), undefined, [request, response]);
    } else {
      fastifyOf(nest).routing(request, response);
    }
  });
  return { status: res.statusCode, headers: res.getHeaders(), body: res._getData() };
}

describe.each(EVERY_WAY)('an imitated response, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(
      way,
      rootModule({ controllers: [CatsController] }, { origin: APP, credentials: true, exposedHeaders: ['X-Id'] }),
    );
  });
  const OURS = { [ACAO]: APP, [ACAC]: 'true', 'access-control-expose-headers': 'X-Id' };

  it.each([
    ['/cats/plain', 'plain', { ...OURS, vary: 'Origin' }],
    ['/cats', 'list', { ...OURS, vary: 'Accept, Origin' }],
    ['/cats/head', 'head', { ...OURS, vary: 'Accept, Origin', 'x-app': 'yes' }],
    ['/cats/piece', 'first piece', { ...OURS, vary: 'Origin' }],
  ])('has the headers of an allowed origin: %s', async (url, body, expected) => {
    const seen = await exchange(app, way, url, APP);
    const { 'x-powered-by': _powered, ...headers } = seen.headers;
    expect({ ...seen, headers }).toEqual({ status: 200, headers: expected, body });
  });

  it.each([
    ['another origin', OTHER],
    ['no origin', undefined],
  ])('has only Vary for %s', async (_, origin) => {
    const { 'x-powered-by': _powered, ...headers } = (await exchange(app, way, '/cats', origin)).headers;
    expect(headers).toEqual({ vary: 'Accept, Origin' });
    expect(log.ofCors('error')).toEqual([]);
  });

  it('is refused under enforce, and answers a preflight', async () => {
    const refused = await exchange(app, way, '/cats/closed', OTHER);
    expect([refused.status, refused.headers['vary'], refused.headers[ACAO]]).toEqual([403, 'Origin', undefined]);
    const preflight = await exchange(app, way, '/cats', APP, 'OPTIONS');
    expect([preflight.status, preflight.headers[ACAO]]).toEqual([204, APP]);
    expect(reached).toEqual([]);
  });
});
