import { describe, expect, it } from '@jest/globals';
import { Controller, Delete, Post, Put, type INestApplication } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { Cors, CorsService, type CorsModuleOptions } from 'nestjs-cors';

import { ACAO } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { createApp, expressOf, portOf, rootModule, RunningApp } from '../../support/running-app.js';
import { EVERY_WAY, type Way } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

/** A Nest application in another one, by a function of the app's own that nobody can look into: the outer one judges first. */

const INNER = 'https://inner.example';
const OUTER = 'https://outer.example';
const BOTH = 'https://both.example';

@Controller('cats')
class CatsController {
  @Post() create(): string {
    return reach('create');
  }

  @Put() update(): string {
    return reach('update');
  }

  @Delete() @Cors(false) remove(): string {
    return reach('remove');
  }
}

type Hand = (outer: INestApplication, inner: INestApplication) => unknown;

const HANDED: readonly (readonly [string, Hand])[] = [
  [
    'at a path, as a function',
    (outer, inner) =>
      outer.use('/inner', (request: Request, response: Response) => expressOf(inner)(request, response)),
  ],
  [
    'by what the URL begins with',
    (outer, inner) =>
      outer.use((request: Request, response: Response, next: NextFunction) => {
        if (request.url.startsWith('/inner')) {
          request.url = request.url.slice('/inner'.length);
          expressOf(inner)(request, response, next);
        } else {
          next();
        }
      }),
  ],
];

async function start(way: Way, hand: Hand, ofOuter: CorsModuleOptions): Promise<RunningApp> {
  const inner = await createApp(way, rootModule({ controllers: [CatsController] }, { origin: [INNER, BOTH] }));
  const outer = await createApp(way, rootModule({}, ofOuter));
  await inner.init();
  await hand(outer, inner);
  await outer.listen(0, '127.0.0.1');
  reached.length = 0;
  return new RunningApp(outer, portOf(outer));
}

const EXPRESS_WAYS = EVERY_WAY.filter(([, way]) => way.isExpress);

describe.each(EXPRESS_WAYS)('an application that another one is handed, on %s', (_, way) => {
  describe.each(HANDED)('%s', (_title, hand) => {
    const ask = async (app: RunningApp, method: string, origin: string): Promise<unknown[]> => {
      reached.length = 0;
      const headers = { 'x-a': '1' };
      const { status, cors } = await app.send({ method, path: '/inner/cats', origin, headers });
      return [status, [...reached], cors[ACAO]];
    };

    it('has handlers that run only where both allow it', async () => {
      const app = await start(way, hand, { origin: [OUTER, BOTH] });
      expect((await app.preflight('/inner/cats', 'DELETE', OUTER)).cors[ACAO]).toBe(OUTER);
      expect(await ask(app, 'DELETE', OUTER)).toEqual([403, [], undefined]);
      expect(await ask(app, 'PUT', OUTER)).toEqual([403, [], undefined]);
      expect(await ask(app, 'POST', OUTER)).toEqual([403, [], undefined]);
      expect((await app.preflight('/inner/cats', 'PUT', INNER)).status).toBe(403);
      expect((await app.preflight('/inner/cats', 'PUT', BOTH)).cors[ACAO]).toBe(BOTH);
      expect(await ask(app, 'PUT', BOTH)).toEqual([200, ['update'], BOTH]);
      expect(await ask(app, 'DELETE', BOTH)).toEqual([403, [], undefined]);
    });

    it('answers its own preflights where the outer one leaves the path alone', async () => {
      const app = await start(way, hand, { origin: OUTER, paths: [{ path: '/inner{/*rest}', untouched: true }] });
      expect((await app.preflight('/inner/cats', 'PUT', INNER)).cors[ACAO]).toBe(INNER);
      expect((await app.preflight('/inner/cats', 'DELETE', INNER)).status).toBe(403);
      expect(await ask(app, 'PUT', INNER)).toEqual([200, ['update'], INNER]);
      // Its own preflight refuses this: as with one application alone, nothing else is needed.
      expect(await ask(app, 'PUT', OUTER)).toEqual([200, ['update'], undefined]);
    });
  });
});

describe.each(EXPRESS_WAYS)('an application that is mounted in another one, on %s', (_, way) => {
  const mount: Hand = (outer, inner) => outer.use('/inner', expressOf(inner));

  it('is named where the outer one explains its URLs', async () => {
    const app = await start(way, mount, { origin: OUTER });
    const cors = app.nest.get(CorsService);
    const elsewhere = { verdict: 'undecided', headers: {}, routes: ['the application mounted at /inner'], paths: [] };
    expect(await cors.explain({ url: '/inner/cats', origin: INNER })).toMatchObject(elsewhere);
    expect(await cors.explain({ url: '/inner/cats', origin: INNER, method: 'PUT' })).toMatchObject({
      ...elsewhere,
      phase: 'preflight',
    });
    expect(await cors.explain({ url: '/innermost', origin: OUTER })).toMatchObject({ verdict: 'allowed', routes: [] });
  });

  it('is out of reach for entries of paths, and the log says so', async () => {
    log.clear();
    await start(way, mount, {
      origin: OUTER,
      paths: [
        { path: '/inner/*rest', policy: { origin: '*' } },
        { path: '/inner/webhook', methods: ['POST'], policy: { origin: OUTER, enforce: true } },
        { path: '/inner/raw', untouched: true },
        { path: '/other', policy: { origin: '*' } },
      ],
    });
    const said = log.ofCors('warn').filter((line) => line.includes('has no effect on the application'));
    expect(said.map((line) => /paths\[\d\]/.exec(line)?.[0])).toEqual(['paths[0]', 'paths[1]']);
  });
});
