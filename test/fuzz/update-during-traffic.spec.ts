import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Put } from '@nestjs/common';
import fc from 'fast-check';
import { Cors, CorsService, type CorsModuleOptions, type CorsPolicyOptions } from 'nestjs-cors';
import { setImmediate as turn } from 'node:timers/promises';

import type { Answer } from '../support/http-client.js';
import { rootModule, startApp, type RunningApp } from '../support/running-app.js';
import { BOTH_PLATFORMS } from '../support/ways.js';

const ORIGIN = 'https://a.example';
const TURNS = 3;

async function turns(): Promise<void> {
  for (let count = 0; count < TURNS; count += 1) {
    await turn();
  }
}

/** Handlers that are under way while the policies change. */
@Controller('slow')
@Cors('slow')
class SlowController {
  @Get() async get(): Promise<string> {
    await turns();
    return 'slow';
  }

  @Put() async put(): Promise<string> {
    await turns();
    return 'slow';
  }
}

@Controller('quick')
class QuickController {
  @Get() get(): string {
    return 'quick';
  }
}

/** One policy in the form that a number gives it: none of its headers is the same under another number. */
function policyOf(generation: number, name: string): CorsPolicyOptions {
  const kinds = ['*', [`https://g${generation}.example`, ORIGIN], allowSlowly] as const;
  return {
    origin: kinds[generation % kinds.length],
    credentials: generation % kinds.length !== 0,
    methods: ['PUT', `M${generation}`],
    allowedHeaders: ['X-Asked', `X-G${generation}`],
    exposedHeaders: [`X-${name}-${generation}`],
    maxAge: generation,
  };
}

async function allowSlowly(): Promise<boolean> {
  await turns();
  return true;
}

function optionsOf(generation: number): CorsModuleOptions {
  return { ...policyOf(generation, 'root'), policies: { slow: policyOf(generation, 'slow') } };
}

/** The whole answer that one generation gives, written down by hand. */
function answerOf(generation: number, name: string, isPreflight: boolean): Answer['cors'] {
  const everyone = generation % 3 === 0;
  const asked = ['Access-Control-Request-Method', 'Access-Control-Request-Headers'];
  const vary = [...(everyone ? [] : ['Origin']), ...(isPreflight ? asked : [])].join(', ');
  return {
    ...(vary !== '' && { vary }),
    'access-control-allow-origin': everyone ? '*' : ORIGIN,
    ...(!everyone && { 'access-control-allow-credentials': 'true' }),
    ...(isPreflight
      ? {
          // Only what a preflight would be allowed for: no method that the URL does not serve, and where somebody was asked, none but PUT.
          'access-control-allow-methods': name === 'slow' || generation % 3 === 2 ? 'PUT' : `PUT, M${generation}`,
          'access-control-allow-headers': `X-Asked, X-G${generation}`,
          'access-control-max-age': String(generation),
        }
      : { 'access-control-expose-headers': `X-${name}-${generation}` }),
  };
}

const TARGETS = [
  { path: '/slow', method: 'GET', name: 'slow' },
  { path: '/slow', method: 'PUT', name: 'slow' },
  { path: '/slow', method: 'OPTIONS', name: 'slow' },
  { path: '/quick', method: 'GET', name: 'root' },
  { path: '/nowhere', method: 'GET', name: 'root' },
  { path: '/nowhere', method: 'OPTIONS', name: 'root' },
  // Middleware leads it to the handler of /slow: on Express that is another route, and its policy is looked up anew.
  { path: '/rewritten', method: 'GET', name: 'rewritten' },
] as const;

const step = fc.oneof(
  { arbitrary: fc.constantFrom(...TARGETS), weight: 4 },
  { arbitrary: fc.constant('update' as const), weight: 2 },
  { arbitrary: fc.constant('turn' as const), weight: 2 },
);

describe.each(BOTH_PLATFORMS)('while the policies change, on %s', (_, way) => {
  let app: RunningApp;
  let cors: CorsService;
  let generation = 1;

  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers: [SlowController, QuickController] }, optionsOf(generation)), {
      configure: (nest) =>
        nest.use(async (request: { url: string }, _response: unknown, next: () => void) => {
          await turns();
          if (request.url === '/rewritten') {
            request.url = '/slow';
          }
          next();
        }),
    });
    cors = app.nest.get(CorsService);
  });

  /** Sends one request; the answer has to be, in whole, one of those that were in force meanwhile. */
  async function expectOneOf({ path, method, name }: (typeof TARGETS)[number]): Promise<void> {
    const since = generation;
    const asked = method === 'OPTIONS' ? { requestMethod: 'PUT', requestHeaders: 'x-asked' } : {};
    const { cors } = await app.send({ path, method, origin: ORIGIN, ...asked });
    const policy = name === 'rewritten' ? (way.isExpress ? 'slow' : 'root') : name;
    const possible = Array.from({ length: generation - since + 1 }, (_, index) =>
      answerOf(since + index, policy, method === 'OPTIONS'),
    );
    expect(possible).toContainEqual(cors);
  }

  it('every response carries one policy in whole, and one that was in force since the request was sent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        const underWay: Promise<void>[] = [];
        for (const each of steps) {
          if (each === 'turn') {
            await turn();
          } else if (each === 'update') {
            generation += 1;
            await cors.update(optionsOf(generation));
          } else {
            const exchange = expectOneOf(each);
            underWay.push(exchange);
            // Awaited below, unless the time is up before: then nobody asks any more.
            exchange.catch(() => undefined);
          }
        }
        await Promise.all(underWay);
      }),
      { numRuns: 25 },
    );
  });
});
