import { describe, expect, it, jest } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { Cors, type CorsOriginQuestion } from 'nestjs-cors';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';

import { ACAO, PREFLIGHT_VARY } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { rootModule, startApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const TENANT = 'https://acme.tenant.example';
const READABLE = { [ACAO]: TENANT, vary: 'Origin' };
const WITHHELD = { vary: 'Origin' };
const REFUSED = { vary: PREFLIGHT_VARY };

const TROUBLES: Readonly<Record<string, (...args: never[]) => unknown>> = {
  throws: () => {
    throw new Error('the \u{1b}[31mdatabase\r\nis gone');
  },
  rejects: async () => Promise.reject(new Error('refused')),
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what others reject with is theirs
  'rejects with nothing': async () => Promise.reject(undefined),
  'throws what cannot be printed': () => {
    throw Object.create(null);
  },
  hangs: async () => new Promise(() => {}),
  'says yes': () => 'yes',
  'says 1': () => 1,
  'says an object': () => ({}),
  'promises undefined': async () => Promise.resolve(undefined),
  'answers the origin': (origin: string) => origin,
  'takes a callback': (_origin: string, callback: unknown) => void callback,
};

describe.each(BOTH_PLATFORMS)('whoever is asked and gives no answer refuses, on %s', (_, way) => {
  it.each(Object.entries(TROUBLES))('one who %s', async (_, trouble) => {
    @Controller()
    class TroubledController {
      @Get() @Cors({ origin: trouble as never, originTimeout: 20 }) get(): string {
        return reach('get');
      }
    }
    const app = await startApp(way, rootModule({ controllers: [TroubledController] }));
    log.clear();
    const answers = [await app.send({ origin: TENANT }), await app.send({ origin: TENANT })];
    expect(answers.map(({ status, cors }) => [status, cors])).toEqual([
      [200, WITHHELD],
      [200, WITHHELD],
    ]);
    const preflight = await app.preflight('/', 'GET', TENANT);
    expect([preflight.status, preflight.cors]).toEqual([403, REFUSED]);
    // Once a minute, with the route's name, in one line.
    expect(log.complaints).toEqual([
      expect.stringMatching(/^CorsModule: TroubledController\.get: the origin was refused because [ -~]+$/),
    ]);
  });

  it('tells a callback’s author to return the answer, and a hung one’s how long it took', async () => {
    @Controller()
    class TwoController {
      @Get('callback') @Cors({ origin: TROUBLES['takes a callback'] as never }) callback(): string {
        return 'callback';
      }

      @Get('hangs') @Cors({ origin: TROUBLES['hangs'] as never, originTimeout: 20 }) hangs(): string {
        return 'hangs';
      }
    }
    const app = await startApp(way, rootModule({ controllers: [TwoController] }));
    await app.send({ path: '/callback', origin: TENANT });
    await app.send({ path: '/hangs', origin: TENANT });
    expect(log.ofCors('error')).toEqual([
      expect.stringMatching(/TwoController\.callback.*looks like a callback-style origin; return the answer/),
      expect.stringMatching(/TwoController\.hangs.*longer than 20 ms/),
    ]);
  });

  it('aborts the question’s signal when its time is up, and not before', async () => {
    let aborted: unknown;
    const waits = async (_: string, { signal }: CorsOriginQuestion): Promise<boolean> =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          aborted = signal.aborted;
          resolve(true);
        });
      });
    @Controller()
    class WaitingController {
      @Get() @Cors({ origin: waits, originTimeout: 20 }) get(): string {
        return reach('get');
      }
    }
    const app = await startApp(way, rootModule({ controllers: [WaitingController] }));
    const { status, cors } = await app.send({ origin: TENANT });
    // An answer after the time is up comes too late.
    expect([status, cors, aborted]).toEqual([200, WITHHELD, true]);
  });

  it('says nothing of one who answered in time', async () => {
    @Controller()
    class TimelyController {
      @Get('timely') @Cors({ origin: () => true, originTimeout: 20 }) timely(): string {
        return 'timely';
      }

      @Get('hangs') @Cors({ origin: TROUBLES['hangs'] as never, originTimeout: 40 }) hangs(): string {
        return 'hangs';
      }
    }
    const app = await startApp(way, rootModule({ controllers: [TimelyController] }));
    log.clear();
    await app.send({ path: '/timely', origin: TENANT });
    await app.send({ path: '/hangs', origin: TENANT });
    expect(log.complaints).toEqual([expect.stringMatching(/TimelyController\.hangs/)]);
  });

  it('lets one that says yes stand beside one that fails', async () => {
    @Controller()
    class MixedController {
      @Get() @Cors({ origin: [TROUBLES['rejects'] as never, (origin) => origin === TENANT] }) get(): string {
        return reach('get');
      }
    }
    const app = await startApp(way, rootModule({ controllers: [MixedController] }));
    expect((await app.send({ origin: TENANT })).cors).toEqual(READABLE);
  });

  it('a request that leaves while somebody is asked does no harm', async () => {
    const leaving = new AbortController();
    let answerLate: (allowed: boolean) => void = () => undefined;
    const asked = [
      // The first request leaves while it waits, and is answered all the same.
      async () => {
        leaving.abort();
        return new Promise<boolean>((resolve) => (answerLate = resolve));
      },
      async () => {
        answerLate(true);
        return Promise.resolve(true);
      },
    ];
    @Controller()
    class SlowController {
      @Get() @Cors({ origin: async () => asked.shift()?.() ?? false }) get(): string {
        return reach('get');
      }
    }
    const app = await startApp(way, rootModule({ controllers: [SlowController] }));
    const left = fetch(`http://127.0.0.1:${app.port}/`, { headers: { origin: TENANT }, signal: leaving.signal });
    await expect(left).rejects.toThrow('aborted');
    expect((await app.send({ origin: TENANT })).cors).toEqual(READABLE);
    expect(log.ofCors('error')).toEqual([]);
  });

  it.each([
    ['alone', 1],
    ['with another one behind it on its connection', 2],
  ])('a request that leaves while somebody is asked does not go on, %s', async (_, count) => {
    const asked: ((allowed: boolean) => void)[] = [];
    let allAsked: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (allAsked = resolve));
    @Controller()
    class SlowController {
      @Get('slow')
      @Cors({
        origin: async () =>
          new Promise<boolean>((resolve) => {
            if (asked.push(resolve) === count) {
              allAsked();
            }
          }),
      })
      slow(): string {
        return reach('slow');
      }

      @Get('next') @Cors({ origin: async () => Promise.resolve(true) }) next(): string {
        return reach('next');
      }
    }
    const app = await startApp(way, rootModule({ controllers: [SlowController] }));
    const server = app.nest.getHttpServer() as Server;
    const closed = once(server, 'connection').then(async ([socket]: Socket[]) => socket && once(socket, 'close'));
    const client = connect(app.port, '127.0.0.1');
    client.write(`GET /slow HTTP/1.1\r\nHost: localhost\r\nOrigin: ${TENANT}\r\n\r\n`.repeat(count));
    await waiting;
    client.destroy();
    await closed;
    asked.forEach((answer) => answer(true));
    expect((await app.send({ path: '/next', origin: TENANT })).cors).toEqual(READABLE);
    expect(reached).toEqual(['next']);
    expect(log.complaints).toEqual([]);
  });

  /** The lines about an origin function that fails at each request, with the time that passes before each of them. */
  async function linesWith(pauses: readonly number[]): Promise<unknown> {
    let now = 100_000_000;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now);
    @Controller()
    class FailingController {
      @Get() @Cors({ origin: TROUBLES['says 1'] as never }) get(): string {
        return reach('get');
      }
    }
    const app = await startApp(way, rootModule({ controllers: [FailingController] }));
    for (const later of pauses) {
      now += later;
      await app.send({ origin: TENANT });
    }
    clock.mockRestore();
    return log.ofCors('error');
  }

  it('says so again after a minute, with the number of times it did not', async () => {
    expect(await linesWith([0, 1_000, 58_000, 1_000, 1_000])).toEqual([
      expect.stringMatching(/answered a number, not true or false$/),
      expect.stringMatching(/answered a number, not true or false \(and 2 more times since the last message\)$/),
    ]);
  });

  it('is not silent when the clock is set back, and does not say every line then', async () => {
    expect(await linesWith([0, 1_000, -90_000_000, 1_000, 1_000])).toEqual([
      expect.stringMatching(/answered a number, not true or false$/),
      expect.stringMatching(/answered a number, not true or false \(and once more since the last message\)$/),
    ]);
  });
});
