import fastifyLambda from '@fastify/aws-lambda';
import { configure as serverlessExpress } from '@codegenie/serverless-express';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Put, type INestApplication } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { Cors } from 'nestjs-cors';
import serverlessHttp from 'serverless-http';

import { createApp, expressOf, rootModule } from '../../support/running-app.js';
import { EXPRESS, FASTIFY, type Way } from '../../support/ways.js';

const APP = 'https://app.example.com';

@Controller('cats')
@Cors({ origin: APP, credentials: true, exposedHeaders: ['X-Total'] })
class CatsController {
  @Get() find(): string {
    return 'cats';
  }

  @Put() put(): string {
    return 'put';
  }
}

interface Outcome {
  readonly statusCode: number;
  readonly body: string;
  readonly cors: Readonly<Record<string, string>>;
}

/** What API Gateway hands to a function (payload format 1.0). */
function eventOf(httpMethod: string, headers: Readonly<Record<string, string>>): object {
  const multiValueHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  const requestContext = { httpMethod, path: '/cats', stage: 'prod', identity: { sourceIp: '192.0.2.1' } };
  return {
    version: '1.0',
    httpMethod,
    path: '/cats',
    resource: '/{proxy+}',
    headers,
    multiValueHeaders,
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    requestContext,
    body: null,
    isBase64Encoded: false,
  };
}

type Invoke = (event: object) => Promise<unknown>;

/** The adapters that people put in front of a Nest application; each calls it without a server. */
const ADAPTERS: readonly (readonly [name: string, way: Way, invokeOf: (app: INestApplication) => Invoke])[] = [
  [
    '@codegenie/serverless-express',
    EXPRESS,
    (app) => {
      // Its types need those of AWS.
      const handle = serverlessExpress({ app: app.getHttpAdapter().getInstance() }) as (...args: unknown[]) => unknown;
      return async (event) => handle(event, {}, () => undefined);
    },
  ],
  ['serverless-http', EXPRESS, (app) => async (event) => serverlessHttp(app.getHttpAdapter().getInstance())(event, {})],
  [
    '@fastify/aws-lambda',
    FASTIFY,
    (app) => {
      const handle = fastifyLambda(app.getHttpAdapter().getInstance() as FastifyInstance);
      return async (event) => handle(event, {});
    },
  ],
];

async function invoke(app: Invoke, method: string, headers: Readonly<Record<string, string>>): Promise<Outcome> {
  const answer = (await app(eventOf(method, headers))) as {
    statusCode: number;
    body: string;
    headers?: Record<string, unknown>;
    multiValueHeaders?: Record<string, unknown>;
  };
  const all = Object.entries({ ...answer.headers, ...answer.multiValueHeaders });
  const cors = all
    .map(([name, value]) => [name.toLowerCase(), [value].flat().join(', ')] as const)
    .filter(([name]) => name === 'vary' || name.startsWith('access-control-') || /^\d+$/.test(name));
  return { statusCode: answer.statusCode, body: answer.body, cors: Object.fromEntries(cors) };
}

describe.each(ADAPTERS)('behind %s', (_, way, invokeOf) => {
  let app: Invoke;

  beforeAll(async () => {
    const nest = await createApp(way, rootModule({ controllers: [CatsController] }), {
      // Without it no header is set before ours.
      configure: (each) => (way.isExpress ? expressOf(each).disable('x-powered-by') : undefined),
    });
    await nest.init();
    app = invokeOf(nest);
  });

  it('a response carries the headers of its policy', async () => {
    expect(await invoke(app, 'GET', { origin: APP })).toEqual({
      statusCode: 200,
      body: 'cats',
      cors: {
        vary: 'Origin',
        'access-control-allow-origin': APP,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'X-Total',
      },
    });
  });

  it('a refused origin gets none of them', async () => {
    expect(await invoke(app, 'GET', { origin: 'https://other.example' })).toEqual({
      statusCode: 200,
      body: 'cats',
      cors: { vary: 'Origin' },
    });
  });

  it('a preflight is answered with the policy of the route it asks about', async () => {
    const asked = { origin: APP, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-a' };
    expect(await invoke(app, 'OPTIONS', asked)).toEqual({
      statusCode: 204,
      body: '',
      cors: {
        vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
        'access-control-allow-origin': APP,
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'GET, HEAD, PUT',
        'access-control-allow-headers': 'x-a',
      },
    });
  });
});
