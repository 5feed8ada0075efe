import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Post, Put } from '@nestjs/common';
import { Cors, type CorsDecisionEvent } from 'nestjs-cors';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { APP } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { rootModule, startApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS } from '../../support/ways.js';

const OTHER = 'https://other.example';

@Controller('cats')
class CatsController {
  @Get() list(): string {
    return 'list';
  }

  @Put(':id') @Cors({ allowedHeaders: ['X-A'], enforce: true }) update(): string {
    return 'update';
  }
}

@Controller('dogs')
@Cors({ origin: '*', methods: ['GET', 'PUT'], enforce: true })
class DogsController {
  @Post() create(): string {
    return 'create';
  }
}

describe.each(BOTH_PLATFORMS)('the diagnostics channel, on %s', (_, way) => {
  it('publishes each decision while somebody listens, with the origin made safe', async () => {
    const app = await startApp(way, rootModule({ controllers: [CatsController] }, { origin: APP }));
    const events: CorsDecisionEvent[] = [];
    const listen = (event: unknown): void => void events.push(event as CorsDecisionEvent);
    subscribe('nestjs-cors:decision', listen);
    await app.send({ path: '/cats', origin: APP });
    await app.send({ path: '/cats', origin: `https://ä.example/${'x'.repeat(400)}` });
    await app.send({ path: '/nowhere' });
    await app.preflight('/cats/1', 'PUT', APP, 'x-b');
    await app.send({ method: 'PUT', path: '/cats/1', origin: OTHER });
    unsubscribe('nestjs-cors:decision', listen);
    await app.send({ path: '/cats', origin: APP });
    expect(events).toEqual([
      {
        route: 'CatsController.list',
        phase: 'request',
        verdict: 'allowed',
        step: undefined,
        reason: undefined,
        origin: APP,
      },
      {
        route: 'CatsController.list',
        phase: 'request',
        verdict: 'refused',
        step: 'origin',
        reason: expect.stringMatching(/^origin-/),
        origin: expect.stringMatching(/^[ -~]{1,330}…?$/),
      },
      {
        route: undefined,
        phase: 'request',
        verdict: 'refused',
        step: 'origin',
        reason: 'no-origin',
        origin: undefined,
      },
      {
        route: 'CatsController.update',
        phase: 'preflight',
        verdict: 'refused',
        step: 'headers',
        reason: 'header-not-allowed',
        origin: APP,
      },
      {
        route: 'CatsController.update',
        phase: 'enforce',
        verdict: 'refused',
        step: 'origin',
        reason: 'origin-not-allowed',
        origin: OTHER,
      },
    ]);
    expect(log.ofCors('error')).toEqual([]);
  });

  it('says what a policy for everyone refuses under enforce: a page without an origin, or a method', async () => {
    const app = await startApp(way, rootModule({ controllers: [DogsController] }));
    const events: CorsDecisionEvent[] = [];
    const listen = (event: unknown): void => void events.push(event as CorsDecisionEvent);
    subscribe('nestjs-cors:decision', listen);
    const headers = { 'Sec-Fetch-Site': 'cross-site' };
    await app.send({ method: 'POST', path: '/dogs', headers });
    await app.send({ method: 'POST', path: '/dogs', origin: OTHER, headers });
    unsubscribe('nestjs-cors:decision', listen);
    const refused = { route: 'DogsController.create', phase: 'enforce', verdict: 'refused' };
    expect(events).toEqual([
      { ...refused, step: 'origin', reason: 'no-origin', origin: undefined },
      { ...refused, step: 'method', reason: 'method-not-allowed', origin: OTHER },
    ]);
    expect(log.ofCors('warn')).toEqual([expect.stringMatching(/\(no-origin, origin is written by DogsController\)$/)]);
  });

  it('diagnoses a refusal for who reads it, and only then', async () => {
    const app = await startApp(way, rootModule({ controllers: [CatsController] }, { origin: APP }));
    const events: CorsDecisionEvent[] = [];
    const listen = (event: unknown): void => void events.push(event as CorsDecisionEvent);
    subscribe('nestjs-cors:decision', listen);
    await app.send({ path: '/cats', origin: APP });
    await app.send({ path: '/cats', origin: OTHER });
    await app.preflight('/cats/1', 'PUT', APP, 'x-b');
    await app.preflight('/cats/1', 'PATCH', APP);
    await app.send({ method: 'PUT', path: '/cats/1', origin: OTHER });
    await app.send({ path: '/kats', origin: OTHER });
    unsubscribe('nestjs-cors:decision', listen);
    expect(events.some((event) => Object.keys(event).includes('diagnosis'))).toBe(false);
    const cures = events.map(({ diagnosis }) => [diagnosis?.reason, diagnosis?.cures.map(({ code }) => code)]);
    expect(cures).toEqual([
      [undefined, undefined],
      ['origin-not-allowed', [`@Cors({ origin: ['${APP}', '${OTHER}'] })`]],
      ['header-not-allowed', ["@Cors({ allowedHeaders: { add: ['X-B'] } })"]],
      ['method-not-served', []],
      ['origin-not-allowed', [`@Cors({ origin: ['${APP}', '${OTHER}'] })`]],
      ['url-not-served', []],
    ]);
    expect(events[3]).toMatchObject({ step: 'method', reason: 'method-not-served' });
  });
});
