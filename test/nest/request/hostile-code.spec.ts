import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Put } from '@nestjs/common';
import { Cors, CorsService, type CorsOriginQuestion, type CorsOriginResolver } from 'nestjs-cors';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { ACAO, APP, PREFLIGHT_VARY } from '../../cases/cors-case.js';
import { HOSTILE_THENABLES, HOSTILE_VALUES, boom, thrower, trapped, turn } from '../../cases/hostile-values.js';
import { log } from '../../support/log-capture.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const WITHHELD = { vary: 'Origin' };

/** What the function and the resolver do when they are asked. */
let trouble: (question: CorsOriginQuestion) => unknown = () => false;
const troubled = (_origin: string, question: CorsOriginQuestion): never => trouble(question) as never;

@Injectable()
class TroubledOrigins implements CorsOriginResolver {
  allowsOrigin = troubled;
}

class Verbs {
  @Get() get(): string {
    return reach('get');
  }

  @Put() put(): string {
    return reach('put');
  }
}

@Controller('function')
@Cors({ origin: troubled, originTimeout: 20 })
class ByFunction extends Verbs {}

@Controller('resolver')
@Cors({ origin: { resolver: TroubledOrigins }, originTimeout: 20, enforce: true })
class ByResolver extends Verbs {}

const root = rootModule({ controllers: [ByFunction, ByResolver], providers: [TroubledOrigins] });

/** Every way in which a value can come out of somebody who is asked. */
const WAYS_OUT: readonly (readonly [title: string, (make: () => unknown) => () => unknown])[] = [
  ['throws', (make) => () => thrower(make())()],
  ['returns', (make) => make],
  ['resolves to', (make) => async () => make()],
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- what others reject with is theirs
  ['rejects with', (make) => async () => Promise.reject(make())],
];

// oxlint-disable-next-line typescript/prefer-promise-reject-errors -- what others reject with is theirs
const rejects = async (): Promise<never> => Promise.reject(trapped({}));

async function expectRefused(app: RunningApp): Promise<void> {
  reached.length = 0;
  const open = await app.send({ path: '/function', origin: APP });
  const enforced = await app.send({ method: 'PUT', path: '/resolver', origin: APP });
  const preflight = await app.preflight('/function', 'PUT', APP);
  await turn();
  expect([open.status, open.cors]).toEqual([200, WITHHELD]);
  expect([enforced.status, enforced.cors]).toEqual([403, WITHHELD]);
  expect([preflight.status, preflight.cors]).toEqual([403, { vary: PREFLIGHT_VARY }]);
  expect(reached).toEqual(['get']);
}

// A rejection that nobody hears and an exception on the next tick end a process; here they fail the test.
describe.each(BOTH_PLATFORMS)('somebody who is asked about an origin, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, root);
  });

  it.each(HOSTILE_VALUES)('refuses, and ends nothing, with %s', async (_, make) => {
    for (const [, out] of WAYS_OUT) {
      trouble = out(make);
      await expectRefused(app);
    }
  });

  it.each(HOSTILE_THENABLES)('refuses, and ends nothing, where %s', async (_, make) => {
    trouble = make;
    await expectRefused(app);
  });

  it('is heard no more after its time, whatever it does then', async () => {
    const late: ((value: unknown) => void)[] = [];
    const tooLate = [trapped({}), Symbol('late'), undefined];
    for (const settleLate of ['resolve', 'reject'] as const) {
      for (const value of tooLate) {
        trouble = async () => new Promise((resolve, reject) => late.push(settleLate === 'resolve' ? resolve : reject));
        await expectRefused(app);
        late.forEach((answer) => answer(value));
        await turn();
      }
    }
  });

  it.each<[string, (signal: AbortSignal) => unknown]>([
    ['throws', (signal) => signal.addEventListener('abort', boom)],
    ['rejects', (signal) => Reflect.apply(signal.addEventListener, signal, ['abort', rejects])],
    ['is an object that throws', (signal) => signal.addEventListener('abort', { handleEvent: boom })],
    ['is a proxy', (signal) => Reflect.apply(signal.addEventListener, signal, ['abort', trapped({})])],
    ['stands in onabort', (signal) => Reflect.set(signal, 'onabort', boom)],
  ])('may listen to its signal: one that %s', async (_, listen) => {
    let heard = 0;
    trouble = async ({ signal }) => {
      signal.addEventListener('abort', () => (heard += 1));
      listen(signal);
      return new Promise(() => undefined);
    };
    await expectRefused(app);
    expect(heard).toBe(3);
  });

  it('may stop listening to its signal, and listens once however often it says so', async () => {
    const heard: string[] = [];
    trouble = async ({ signal }) => {
      const stays = (): void => void heard.push('stays');
      const leaves = (): void => void heard.push('leaves');
      for (const listener of [stays, stays, leaves]) {
        signal.addEventListener('abort', listener);
      }
      signal.removeEventListener('abort', leaves);
      return new Promise(() => undefined);
    };
    await app.send({ path: '/function', origin: APP });
    expect(heard).toEqual(['stays']);
  });

  it('reads a signal too late, and finds it aborted', async () => {
    let question: CorsOriginQuestion | undefined;
    trouble = async (asked) => {
      question = asked;
      return new Promise(() => undefined);
    };
    await app.send({ path: '/function', origin: APP });
    expect(question?.signal.aborted).toBe(true);
  });

  it('is named in one line of the log', async () => {
    const fresh = await startApp(way, root);
    log.clear();
    trouble = thrower(Object.defineProperty(new Error('x'), 'message', { get: boom }));
    await fresh.send({ path: '/function', origin: APP });
    expect(log.complaints).toEqual([
      'CorsModule: ByFunction.get: the origin was refused because its origin function or resolver failed: Error',
    ]);
  });
});

describe.each(BOTH_PLATFORMS)('a listener on the decision channel, on %s', (_, way) => {
  it('ends nothing, whatever it throws or rejects with, and keeps nobody else from hearing', async () => {
    const app = await startApp(way, root);
    log.clear();
    trouble = () => true;
    const heard: unknown[] = [];
    const last = (event: unknown): void => void heard.push(event);
    const troubles = [
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- as above
      ...HOSTILE_VALUES.map(([, make]) => [thrower(make()), async () => Promise.reject(make())]),
      ...HOSTILE_THENABLES.map(([, make]) => [make]),
    ];
    for (const failing of troubles) {
      const listeners = [...failing, last];
      listeners.forEach((listener) => subscribe('nestjs-cors:decision', listener));
      const { status, cors } = await app.send({ path: '/function', origin: APP });
      await app.preflight('/function', 'PUT', APP);
      await turn();
      listeners.forEach((listener) => unsubscribe('nestjs-cors:decision', listener));
      expect([status, cors]).toEqual([200, { [ACAO]: APP, vary: 'Origin' }]);
    }
    expect(heard).toHaveLength(2 * troubles.length);
    // Once a minute.
    expect(log.ofCors('error')).toEqual([
      expect.stringMatching(/^a listener on the channel nestjs-cors:decision failed: [ -~]+$/),
    ]);
  });
});

describe.each(BOTH_PLATFORMS)('a logger that throws, on %s', (_, way) => {
  it('keeps no request from its answer', async () => {
    const app = await startApp(way, root);
    const { warn, error } = log;
    Object.assign(log, { warn: boom, error: boom });
    try {
      trouble = boom;
      await expectRefused(app);
      trouble = async () => new Promise(() => undefined);
      await expectRefused(app);
    } finally {
      Object.assign(log, { warn, error });
    }
  });
});

describe.each(BOTH_PLATFORMS)('a change of the options, on %s', (_, way) => {
  it('that throws, or makes no sense, is the caller’s to hear of, and changes nothing', async () => {
    const app = await startApp(way, root);
    trouble = () => true;
    const service = app.nest.get(CorsService);
    for (const [title, make] of HOSTILE_VALUES) {
      const value = make();
      await expect(service.update(thrower(value))).rejects.toBe(value);
      if (title !== 'a class' && !title.startsWith('a function')) {
        await service.update(() => value as never).catch(() => undefined);
      }
      await turn();
    }
    expect((await app.send({ path: '/function', origin: APP })).cors).toEqual({ [ACAO]: APP, vary: 'Origin' });
  });
});
