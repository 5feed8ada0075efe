import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, Post, Put, type Type } from '@nestjs/common';
import { Cors } from 'nestjs-cors';

import type { CorsCase } from '../cases/cors-case.js';
import { policyCases } from '../cases/policy.cases.js';
import { log } from '../support/log-capture.js';
import { rootModule, startApp, type RunningApp } from '../support/running-app.js';
import { EVERY_WAY } from '../support/ways.js';
import { reach, reached } from '../support/witness.js';

function controllerAt(path: string, policy: CorsCase['policy']): Type {
  @Controller(path)
  @Cors(policy)
  class CaseController {
    @Get() get(): string {
      return reach('handler');
    }

    @Put() put(): string {
      return reach('handler');
    }

    @Post() post(): string {
      return reach('handler');
    }

    @Delete() delete(): string {
      return reach('handler');
    }
  }
  return CaseController;
}

/** One path for each policy, so that one application serves all cases. */
const paths = new Map(
  [...new Set(policyCases.map(({ policy }) => policy))].map((policy, index) => [policy, `/case-${index}`]),
);
const controllers = [...paths].map(([policy, path]) => controllerAt(path, policy));

describe.each(EVERY_WAY)('the shared cases, over HTTP, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers }), {
      configure: (nest) =>
        nest.use((_request: unknown, _response: unknown, next: () => void) => {
          reach('app');
          next();
        }),
    });
  });

  it.each(policyCases.map((each) => [each.title, each] as const))('%s', async (_, { policy, request, outcome }) => {
    const { status, cors, body } = await app.send({ ...request, path: paths.get(policy) ?? '' });
    expect({ cors, reachesApp: reached.includes('app') }).toEqual({
      cors: outcome.headers,
      reachesApp: outcome.reachesApp,
    });
    const served = request.method === 'POST' ? 201 : 200;
    expect(status).toBe(outcome.status ?? served);
    // Whoever is answered before the app gets no body, and whoever reaches it reaches the handler, unless it has none.
    expect([body, reached]).toEqual(bodyAndReached(request.method, outcome));
    expect(log.complaints).toEqual([]);
  });
});

function bodyAndReached(method: string, { reachesApp, status }: CorsCase['outcome']): readonly unknown[] {
  if (!reachesApp) {
    return ['', []];
  }
  const handled = status === undefined;
  return [
    method === 'HEAD' || method === 'OPTIONS' ? expect.any(String) : 'handler',
    handled ? ['app', 'handler'] : ['app'],
  ];
}
