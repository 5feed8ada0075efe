/** Calls of asynchronous methods without `await`: if they fail, the process goes on, and the log says why. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable, Module, type Type } from '@nestjs/common';
import { CorsModule, CorsOriginStore, CorsService, type CorsModuleOptions } from 'nestjs-cors';

import { APP } from '../cases/cors-case.js';
import { log } from '../support/log-capture.js';
import { rootModule, startApp } from '../support/running-app.js';
import { EVERY_WAY, EXPRESS } from '../support/ways.js';

@Injectable()
class Tenants extends CorsOriginStore {
  keyOf(): string {
    return 'one';
  }

  load(): string {
    return APP;
  }
}

let make: () => CorsModuleOptions;

function reloadable(): Type {
  @Module({ imports: [CorsModule.forRootAsync({ useFactory: () => make() })], providers: [Tenants] })
  class Root {}
  return Root;
}

const unhandled: unknown[] = [];
const note = (reason: unknown): unknown => unhandled.push(reason);

beforeEach(() => {
  make = () => ({ origin: APP });
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});

afterEach(() => {
  process.off('unhandledRejection', note);
});

/** What was not handled is known then, and reported. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

const FAILING: readonly (readonly [string, (cors: CorsService, tenants: Tenants) => Promise<unknown>, RegExp])[] = [
  [
    'update()',
    (cors) => cors.update({ origin: 'https://app.example.com/' }),
    /^CorsModule: CorsService\.update\(\) failed, and nothing waits for it: 1 mistake in the CORS policies forRoot origin: .* \[origin-not-serialized\]$/,
  ],
  [
    'update() with a function that throws',
    (cors) =>
      cors.update(() => {
        throw new Error('no \u001b[2J');
      }),
    /^CorsModule: CorsService\.update\(\) failed, and nothing waits for it: [ -~]*no [ -~]*$/,
  ],
  [
    'reload()',
    (cors) => {
      make = () => {
        throw new Error('the database is down');
      };
      return cors.reload();
    },
    /^CorsModule: CorsService\.reload\(\) failed, and nothing waits for it: .*the database is down/,
  ],
  [
    'allows()',
    (cors) => cors.allows(APP, 'unknown'),
    /^CorsModule: CorsService\.allows\(\) failed, and nothing waits for it: .*unknown-policy/,
  ],
  [
    'explain()',
    (cors) => cors.explain({ url: 1 } as never),
    /^CorsModule: CorsService\.explain\(\) failed, and nothing waits for it: .*url is 1/,
  ],
  [
    'changed()',
    (_cors, tenants) => tenants.changed(7 as never),
    /^Tenants: changed\(\) failed, and nothing waits for it: .*7 is not a string/,
  ],
];

describe.each(EVERY_WAY)('on %s', (_, way) => {
  it.each(FAILING)('%s that fails is logged where nothing waits for it', async (_name, call, said) => {
    const app = await startApp(way, reloadable());
    const [cors, tenants] = [app.nest.get(CorsService), app.nest.get(Tenants)];
    log.clear();
    void call(cors, tenants);
    await turns();
    expect(unhandled).toEqual([]);
    expect(log.complaints.map((line) => line.replaceAll(/\s+/g, ' '))).toEqual([expect.stringMatching(said)]);

    // Whoever waits gets the error, and nobody else.
    log.clear();
    await expect(call(cors, tenants)).rejects.toBeInstanceOf(Error);
    expect(await call(cors, tenants).catch(() => 'caught')).toBe('caught');
    await expect(Promise.all([call(cors, tenants), cors.allows(APP)])).rejects.toBeInstanceOf(Error);
    await turns();
    expect(log.complaints).toEqual([]);
    expect(unhandled).toEqual([]);
  });

  it('a factory may call reload() without waiting for it', async () => {
    const app = await startApp(way, reloadable());
    const cors = app.nest.get(CorsService);
    log.clear();
    make = () => {
      void cors.reload();
      return { origin: 'https://new.example' };
    };
    await cors.reload();
    await turns();
    expect(unhandled).toEqual([]);
    expect(log.complaints).toEqual([
      expect.stringMatching(/nothing waits for it: .*CorsService\.reload\(\) was called by the factory that it runs/),
    ]);
    expect(await cors.allows('https://new.example')).toBe(true);
  });
});

it('a call without await that succeeds says nothing', async () => {
  const app = await startApp(EXPRESS, rootModule({ providers: [Tenants] }, { origin: APP }));
  log.clear();
  void app.nest.get(CorsService).update({ origin: 'https://new.example' });
  void app.nest.get(Tenants).changed('one');
  await turns();
  expect(await app.nest.get(CorsService).allows('https://new.example')).toBe(true);
  expect([log.complaints, unhandled]).toEqual([[], []]);
});

it('before the start, too: it is logged', async () => {
  void new CorsService({} as never).allows(APP);
  await turns();
  expect(unhandled).toEqual([]);
  expect(log.complaints).toEqual([expect.stringContaining('works only with CorsModule')]);
});
