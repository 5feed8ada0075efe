import { beforeAll, describe, expect, it } from '@jest/globals';
import { All, Controller, Next, Options, Put, Version, VersioningType } from '@nestjs/common';
import { Cors } from 'nestjs-cors';
import type { IncomingMessage } from 'node:http';

import { ACAC, ACAM, ACAO, APP, PREFLIGHT_VARY } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EXPRESS, FASTIFY } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';
import { led, OTHER, rewriteControllers as controllers, rewrites } from './rewriting-app.js';

const READABLE = { [ACAO]: APP, [ACAC]: 'true', vary: 'Origin' };
const WITHHELD = { vary: 'Origin' };

describe('the log about rewritten requests, on Express', () => {
  it('names both routes and the cure, once for each route that was asked for', async () => {
    const app = await startApp(EXPRESS, rootModule({ controllers }), { configure: rewrites });
    log.clear();
    for (const asked of [led('/private'), led('/private'), led('/private?again'), led('/closed')]) {
      await app.send(asked);
    }
    const lines = log.ofCors('warn');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/Public\.get.*Private\.get.*setGlobalPrefix/s);
  });
});

describe('middleware that strips a prefix, on Express', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(EXPRESS, rootModule({ controllers }, { origin: OTHER }), {
      configure: (nest) =>
        nest.use((request: IncomingMessage, _response: unknown, next: () => void) => {
          request.url = request.url?.replace(/^\/api(?=\/)/, '');
          next();
        }),
    });
  });

  it('leaves the policy of the handler in force', async () => {
    expect(await app.send({ path: '/api/private', origin: APP })).toMatchObject({
      body: 'Private.get',
      cors: READABLE,
    });
    expect(log.ofCors('warn')).toEqual([
      expect.stringMatching(/a URL that no controller serves.*Private\.get.*setGlobalPrefix/s),
    ]);
  });

  it('carries no request past it that a preflight of the other policy allowed', async () => {
    expect(await app.preflight('/api/private', 'PUT', OTHER)).toMatchObject({ status: 204 });
    expect(await app.send({ method: 'PUT', path: '/api/private', origin: OTHER })).toMatchObject({
      status: 403,
      cors: WITHHELD,
    });
    expect(reached).toEqual([]);
  });
});

@Controller('first')
@Cors({ origin: APP, preflightContinue: true })
class First {
  @Put() put(): string {
    return reach('put');
  }

  @Options() options(): string {
    return reach('first');
  }
}

@Controller('second')
@Cors({ origin: OTHER })
class Second {
  @Options() options(): string {
    return reach('second');
  }
}

describe('a preflight that the app answers, on Express', () => {
  it('keeps its headers whatever handler middleware leads it to', async () => {
    const app = await startApp(EXPRESS, rootModule({ controllers: [First, Second] }), { configure: rewrites });
    log.clear();
    const asked = {
      method: 'OPTIONS',
      path: '/first?to=/second',
      origin: APP,
      requestMethod: 'PUT',
    };
    const answer = await app.send(asked);
    expect([answer.body, answer.cors]).toEqual([
      'second',
      { [ACAO]: APP, [ACAM]: 'PUT, OPTIONS', vary: PREFLIGHT_VARY },
    ]);
    expect(log.ofCors()).toEqual([]);
  });
});

describe('a request that concerns no policy, neither where it was sent nor where it arrives, on Express', () => {
  it('is left alone, whatever its method', async () => {
    const app = await startApp(EXPRESS, rootModule({ controllers }), { configure: rewrites });
    const answer = await app.send(led('/plain', { path: '/nowhere', method: 'PUT' }));
    expect([answer.body, answer.cors]).toEqual(['Plain.put', {}]);
  });
});

@Controller('cats')
class Versions {
  @Put() @Version('1') @Cors({ origin: '*' }) one(): string {
    return reach('one');
  }

  @Put() @Version('2') @Cors({ origin: APP }) two(): string {
    return reach('two');
  }
}

@Controller('chain')
class Chain {
  @All() @Cors({ origin: '*' }) first(@Next() next: () => void): void {
    reach('first');
    next();
  }

  @Put() @Cors({ origin: APP }) second(): string {
    return reach('second');
  }
}

describe('a handler that was to be expected, on Express', () => {
  it('is no mismatch: one of several versions, that middleware chooses', async () => {
    const app = await startApp(EXPRESS, rootModule({ controllers: [Versions] }), {
      configure: (nest) => {
        nest.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' });
        nest.use((request: IncomingMessage, _response: unknown, next: () => void) => {
          request.headers['x-version'] = '2';
          next();
        });
      },
    });
    log.clear();
    const answer = await app.send({ method: 'PUT', path: '/cats', origin: OTHER, headers: { 'x-version': '1' } });
    expect([answer.body, answer.cors, log.ofCors()]).toEqual(['two', WITHHELD, []]);
  });

  it('is a mismatch where an earlier handler passes on to it: a preflight asked about that one', async () => {
    const app = await startApp(EXPRESS, rootModule({ controllers: [Chain] }));
    log.clear();
    const answer = await app.send({ method: 'PUT', path: '/chain', origin: OTHER });
    expect([answer.status, answer.cors, reached]).toEqual([403, WITHHELD, ['first']]);
    expect(log.ofCors('warn')).toContainEqual(
      expect.stringContaining('rerouted a request for Chain.first to Chain.second'),
    );
  });
});

describe('middleware that rewrites, on Fastify', () => {
  it('comes after the router: route and policy stay', async () => {
    const app = await startApp(FASTIFY, rootModule({ controllers }), { configure: rewrites });
    const answer = await app.send(led('/public', { path: '/private', method: 'PUT', origin: APP }));
    expect([answer.body, answer.cors]).toEqual(['Private.put', READABLE]);
  });
});
