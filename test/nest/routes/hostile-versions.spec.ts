import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post, VersioningType } from '@nestjs/common';
import { Cors } from 'nestjs-cors';
import type { IncomingMessage } from 'node:http';

import { ACAO, APP } from '../../cases/cors-case.js';
import { HOSTILE_THENABLES, HOSTILE_VALUES, boom, thrower, trapped, turn } from '../../cases/hostile-values.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS, EVERY_WAY } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const OTHER = 'https://other.example';

/** What the app's extractor does when it is called: any number of times for one request. */
let extract: () => unknown = () => '1';

@Controller({ path: 'cats', version: '1' })
@Cors({ origin: APP })
class One {
  @Get() get(): string {
    return reach('one');
  }
}

@Controller({ path: 'cats', version: ['2', '3'] })
@Cors({ origin: OTHER })
class Two {
  @Get() get(): string {
    return reach('two');
  }
}

@Controller('plain')
@Cors({ origin: APP })
class Plain {
  @Get() get(): string {
    return reach('plain');
  }
}

/** Lists in which the router looks for a version that it has. */
const HOSTILE_LISTS: readonly (readonly [string, () => unknown])[] = [
  ['a list of symbols', () => [Symbol('1'), Symbol('2')]],
  ['a list of what cannot be read', () => [trapped({}), Object.create(null), undefined, 1n]],
  ['a list with holes', () => Array.from({ length: 3 })],
  ['a list that says it is long', () => Object.assign([], { length: 3 })],
  ['a text that is no version', () => '__proto__'],
  ['a list of keys of prototypes', () => ['__proto__', 'constructor', 'toString']],
];

/** Nest reads these in the middle of routing, where nothing hears what they throw on Fastify. */
const THROWING_LISTS: readonly (readonly [string, () => unknown])[] = [
  ['a list with a getter that throws', () => Object.defineProperty(['1'], 0, { get: boom })],
  ['a proxy of a list', () => trapped(['1'])],
];

describe.each(BOTH_PLATFORMS)('an extractor of versions, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers: [One, Two, Plain] }), {
      configure: (nest) => nest.enableVersioning({ type: VersioningType.CUSTOM, extractor: () => extract() as string }),
    });
  });

  /** Neither version runs, neither policy answers; what knows no version goes on as ever, but for the app's own error. */
  async function expectNothingOpened(): Promise<void> {
    reached.length = 0;
    for (const origin of [APP, OTHER]) {
      const { status, cors } = await app.send({ path: '/cats', origin });
      expect([404, 500]).toContain(status);
      expect(cors[ACAO]).toBeUndefined();
      const preflight = await app.preflight('/cats', 'GET', origin);
      expect(preflight.status).toBeLessThan(500);
    }
    expect(reached).toEqual([]);
    await turn();
  }

  it.each(HOSTILE_VALUES)('may throw %s', async (_, make) => {
    extract = () => thrower(make())();
    await expectNothingOpened();
  });

  it.each([...HOSTILE_VALUES, ...HOSTILE_LISTS, ...HOSTILE_THENABLES, ...THROWING_LISTS])(
    'may return %s',
    async (_, make) => {
      extract = make;
      await expectNothingOpened();
    },
  );

  it('may return a list whose methods throw: only its items are read', async () => {
    extract = () => Object.assign(['1'], { find: boom, includes: boom });
    reached.length = 0;
    const { status, cors } = await app.send({ path: '/cats', origin: APP });
    expect([status, [...reached], cors]).toEqual([200, ['one'], { [ACAO]: APP, vary: 'Origin' }]);
  });

  it('may throw a promise that rejects', async () => {
    extract = () => thrower(Promise.reject(new Error('unheard')))();
    await expectNothingOpened();
  });

  it('may resolve to a version: a promise is none', async () => {
    extract = async () => Promise.resolve('1');
    await expectNothingOpened();
  });

  it('leaves the routes that know no version alone', async () => {
    extract = () => trapped({});
    const { status, cors } = await app.send({ path: '/plain', origin: APP });
    expect([status, cors]).toEqual([200, { [ACAO]: APP, vary: 'Origin' }]);
  });

  it('may change its mind during a request: the response has the policy of what runs', async () => {
    const policies: Readonly<Record<string, string>> = { one: APP, two: OTHER };
    for (const turns of [
      ['1', '2'],
      ['2', '1'],
      ['1', '1', '2'],
      ['2', '8', '1'],
      ['8', '1'],
    ]) {
      for (const origin of [APP, OTHER]) {
        reached.length = 0;
        const left = [...turns];
        extract = () => (left.length > 1 ? left.shift() : left[0]);
        const { cors } = await app.send({ path: '/cats', origin });
        const [ran] = reached;
        const allowed = ran === undefined ? undefined : policies[ran];
        expect([turns, ran, cors[ACAO] === undefined || cors[ACAO] === allowed]).toEqual([turns, ran, true]);
      }
    }
  });
});

@Controller({ path: 'closed', version: '1' })
@Cors(false)
class Closed {
  @Post() post(): string {
    return reach('closed');
  }
}

@Controller({ path: 'versioned', version: '1' })
@Cors({ origin: [APP, OTHER] })
class Versioned {
  @Post() post(): string {
    return reach('versioned');
  }
}

@Controller('open')
@Cors({ origin: '*' })
class Open {
  @Post() post(): string {
    return reach('open');
  }
}

/** On Fastify a handler is chosen before middleware, and nothing is asked again. */
const EXPRESS_WAYS = EVERY_WAY.filter(([, way]) => way.isExpress);

describe.each(EXPRESS_WAYS)('an extractor that throws when a handler is entered, on %s', (_, way) => {
  /** The first call is ours, at the handler that middleware has led the request to; the next one is Nest's. */
  const failsFirst = (): (() => string) => {
    let calls = 0;
    return () => (++calls === 1 ? boom() : '1');
  };
  let to = '';
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers: [Closed, Versioned, Open] }), {
      configure: (nest) => {
        nest.enableVersioning({ type: VersioningType.CUSTOM, extractor: () => extract() as string });
        nest.use((request: IncomingMessage, _response: unknown, next: () => void) => {
          request.url = to;
          next();
        });
      },
    });
  });
  const send = async (headers: Record<string, string>): Promise<unknown[]> => {
    extract = failsFirst();
    reached.length = 0;
    const { status, cors } = await app.send({ method: 'POST', path: '/open', origin: OTHER, headers });
    return [status, [...reached], cors];
  };

  it('does not let an announced request run what its preflight did not ask about', async () => {
    to = '/closed';
    expect(await send({ 'x-a': '1' })).toEqual([403, [], { vary: 'Origin' }]);
  });

  it('shares nothing of what runs, as it was not certain that it would', async () => {
    to = '/closed';
    expect(await send({})).toEqual([201, ['closed'], { vary: 'Origin' }]);
    to = '/versioned';
    expect(await send({ 'x-a': '1' })).toEqual([201, ['versioned'], { vary: 'Origin' }]);
  });
});
