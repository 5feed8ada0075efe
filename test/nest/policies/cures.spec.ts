/** What is easily written wrong, what the start says about it, and that the application starts once that is written instead. */
import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Put } from '@nestjs/common';
import { Cors, CorsConfigError, CorsModule, CorsService } from 'nestjs-cors';

import { createApp, rootModule, startApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS, EXPRESS, type Way } from '../../support/ways.js';

const APP = 'https://app.example.com';
const TWO = 'https://two.example.com';

interface Written {
  readonly root?: object;
  /** The arguments of a `@Cors` on the handler. */
  readonly cors?: readonly unknown[];
}

/** What the start says; nothing if the application starts. */
async function saidOf({ root, cors }: Written, way: Way = EXPRESS): Promise<readonly string[]> {
  @Controller('cats')
  class CatsController {
    @Get() list(): string {
      return 'list';
    }
  }
  if (cors !== undefined) {
    const decorate = Cors as (...given: readonly unknown[]) => MethodDecorator;
    const descriptor = Object.getOwnPropertyDescriptor(CatsController.prototype, 'list') ?? {};
    decorate(...cors)(CatsController.prototype, 'list', descriptor);
  }
  @Module({
    imports: [CorsModule.forRoot({ origin: APP, ...root })],
    controllers: [CatsController],
  })
  class Root {}
  const app = await createApp(way, Root);
  const error: unknown = await app.init().catch((reason: unknown) => reason);
  if (error instanceof CorsConfigError) {
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  expect(app.get(CorsService).routes()).toHaveLength(1);
  await app.close();
  return [];
}

const policy = { origin: APP };

/** Longer than what is quoted of a value: a cure is not cut. */
const LONG = `https://${'a'.repeat(60)}.${'b'.repeat(60)}.example`;
const LONG_PATH = `/${'a'.repeat(100)}`;

const WRITTEN: readonly (readonly [string, Written, readonly string[], Written])[] = [
  ...['*', 'auto', 'Auto', 'ALL', 'any'].map(
    (word) =>
      [
        `methods of an entry of paths: ${word}`,
        { root: { paths: [{ path: '/x', methods: ['GET', word], policy: false }] } },
        [
          'forRoot',
          `paths[0].methods[1]: "${word}" does not belong here; write a method, such as 'GET', or leave methods out for all of them   [type]`,
        ],
        { root: { paths: [{ path: '/x', policy: false }] } },
      ] as const,
  ),
  ...(
    [
      ['/api/*', '/api{/*rest}'],
      ['/api/(.*)', '/api{/*rest}'],
      ['api/**', '/api{/*rest}'],
      ['*', '/{*rest}'],
      ['/:lang?', '/{:lang}'],
      ['/:lang?/x', '/graphql{/*rest}'],
      ['/x/:lang?/y', '/x{/:lang}/y'],
      [' graphql', '/graphql'],
      ['/x+', '/graphql{/*rest}'],
    ] as const
  ).map(
    ([path, right]) =>
      [
        `a path in another syntax: ${path}`,
        { root: { paths: [{ path, policy: false }] } },
        [
          'forRoot',
          `paths[0].path: "${path}" does not belong here; write a path in path-to-regexp 8 syntax, such as "${right}"   [type]`,
        ],
        { root: { paths: [{ path: right, policy: false }] } },
      ] as const,
  ),
  [
    'a long path in another syntax',
    { root: { paths: [{ path: `${LONG_PATH}/*`, policy: false }] } },
    [
      'forRoot',
      `paths[0].path: "${LONG_PATH.slice(0, 80)}…" does not belong here; write a path in path-to-regexp 8 syntax, such as "${LONG_PATH}{/*rest}"   [type]`,
    ],
    { root: { paths: [{ path: `${LONG_PATH}{/*rest}`, policy: false }] } },
  ],
  [
    'long origins as arguments of @Cors',
    { cors: [LONG, TWO] },
    [
      'CatsController.list (GET /cats)',
      `"${TWO}" does not belong here; write { origin: ["${LONG}", "${TWO}"] } as the only argument   [type]`,
    ],
    { cors: [{ origin: [LONG, TWO] }] },
  ],
  [
    'a long origin as the name of a policy',
    { cors: [LONG] },
    [
      'CatsController.list (GET /cats)',
      `use: "${LONG.slice(0, 80)}…" is not the name of a policy in forRoot({ policies }); did you mean { origin: "${LONG}" }?   [unknown-policy]`,
    ],
    { cors: [{ origin: LONG }] },
  ],
  [
    'a method where methods belong',
    { root: { paths: [{ path: '/x', method: ['PUT'], policy }] } },
    ['forRoot', 'paths[0].method: "method" is not known here; did you mean methods?   [unknown-option]'],
    { root: { paths: [{ path: '/x', methods: ['PUT'], policy }] } },
  ],
  [
    'a method beside methods',
    { root: { paths: [{ path: '/x', methods: ['PUT'], method: 'GET', policy }] } },
    ['forRoot', 'paths[0].method: "method" is not known here; remove it   [unknown-option]'],
    { root: { paths: [{ path: '/x', methods: ['PUT'], policy }] } },
  ],
  [
    'a pair as an entry of paths',
    { root: { paths: [['/x', policy]] } },
    ['forRoot', "paths[0]: a list does not belong here; write an object, { path: '/graphql', policy: { … } }   [type]"],
    { root: { paths: [{ path: '/x', policy }] } },
  ],
  [
    'an option of the policy beside the path',
    { root: { paths: [{ path: '/x', origin: APP, policy: {} }] } },
    [
      'forRoot',
      'paths[0].origin: "origin" is not known here; did you mean policy: { origin: ... }?   [unknown-option]',
    ],
    { root: { paths: [{ path: '/x', policy: { origin: APP } }] } },
  ],
  [
    'a symbol in an entry of paths',
    { root: { paths: [{ path: '/x', [Symbol('methods')]: ['GET'], policy: false }] } },
    ['forRoot', 'paths[0].Symbol(methods): Symbol(methods) is not known here; remove it   [unknown-option]'],
    { root: { paths: [{ path: '/x', policy: false }] } },
  ],
  [
    'an origin as a named policy',
    { root: { policies: { p: APP } } },
    [
      'policies.p',
      `use: "${APP}" is an origin, not the name of a policy; did you mean { origin: "${APP}" }?   [nested-use]`,
    ],
    { root: { policies: { p: { origin: APP } } } },
  ],
  [
    'an origin as a named policy, where forRoot has credentials',
    { root: { credentials: true, policies: { p: 'http://a.example.com', q: { use: '*' } } } },
    [
      'policies.p',
      'use: "http://a.example.com" is an origin, not the name of a policy; did you mean { origin: "https://a.example.com" }?   [nested-use]',
      'policies.q',
      `use: "*" is an origin, not the name of a policy; did you mean { origin: '*', credentials: false }?   [nested-use]`,
    ],
    {
      root: {
        credentials: true,
        policies: { p: { origin: 'https://a.example.com' }, q: { origin: '*', credentials: false } },
      },
    },
  ],
  [
    'an origin as the name of a policy in forRoot',
    { root: { use: 'a.example.com' } },
    [
      'forRoot',
      'use: "a.example.com" is an origin, not the name of a policy; did you mean { origin: "https://a.example.com" }?   [nested-use]',
    ],
    { root: { origin: 'https://a.example.com' } },
  ],
  [
    'the name of a policy that looks like an origin',
    { root: { policies: { 'a.example.com': policy, p: 'a.example.com' } } },
    [
      'policies.p',
      'use: only @Cors and paths can use a named policy, not forRoot or another policy; write the options themselves in place of "a.example.com"   [nested-use]',
    ],
    { root: { policies: { 'a.example.com': policy, p: policy } } },
  ],
  [
    'a symbol as the name of a policy',
    { root: { policies: { [Symbol('q')]: policy } } },
    ['forRoot', 'policies: Symbol(q) does not belong here; write a string as the name of a policy   [type]'],
    { root: { policies: { q: policy } } },
  ],
  [
    'a name and options',
    { root: { policies: { p: policy } }, cors: ['p', { maxAge: 5 }] },
    [
      'CatsController.list (GET /cats)',
      'an object does not belong here; write { use: "p", … } as the only argument, with the options in it   [type]',
    ],
    { root: { policies: { p: policy } }, cors: [{ use: 'p', maxAge: 5 }] },
  ],
  [
    'an origin and options',
    { cors: [APP, { credentials: true }] },
    [
      'CatsController.list (GET /cats)',
      `an object does not belong here; write { origin: "${APP}", … } as the only argument, with the options in it   [type]`,
    ],
    { cors: [{ origin: APP, credentials: true }] },
  ],
  [
    'all origins, where a policy has a short name',
    { root: { policies: { p: { origin: APP } } }, cors: ['*'] },
    [
      'CatsController.list (GET /cats)',
      `use: "*" is not the name of a policy in forRoot({ policies }); did you mean { origin: '*' }?   [unknown-policy]`,
    ],
    { root: { policies: { p: { origin: APP } } }, cors: [{ origin: '*' }] },
  ],
  [
    'all origins, or a word, and options',
    { cors: ['*', { credentials: true }] },
    [
      'CatsController.list (GET /cats)',
      'an object does not belong here; write one argument: a policy, the name of one, or false   [type]',
    ],
    { cors: [{ origin: '*' }] },
  ],
  [
    'several origins',
    { cors: [APP, `${TWO}/`] },
    [
      'CatsController.list (GET /cats)',
      `"${TWO}/" does not belong here; write { origin: ["${APP}", "${TWO}"] } as the only argument   [type]`,
    ],
    { cors: [{ origin: [APP, TWO] }] },
  ],
  [
    'options in two objects',
    { cors: [policy, { maxAge: 5 }] },
    [
      'CatsController.list (GET /cats)',
      'an object does not belong here; write all options into the first argument, which is the only one   [type]',
    ],
    { cors: [{ ...policy, maxAge: 5 }] },
  ],
  [
    'several names',
    { root: { policies: { p: policy, q: policy } }, cors: ['p', 'q'] },
    [
      'CatsController.list (GET /cats)',
      '"q" does not belong here; write one argument: a policy, the name of one, or false   [type]',
    ],
    { root: { policies: { p: policy, q: policy } }, cors: ['p'] },
  ],
  [
    'false, and something else behind nothing',
    { cors: [false, undefined, ['GET']] },
    [
      'CatsController.list (GET /cats)',
      'a list does not belong here; write one argument: a policy, the name of one, or false   [type]',
    ],
    { cors: [false] },
  ],
  ...[function* () {}, async function* () {}].map(
    (origin, index) =>
      [
        `a generator, ${['synchronous', 'asynchronous'][index] ?? ''}`,
        { cors: [{ origin: [TWO, origin] }] },
        [
          'CatsController.list (GET /cats)',
          'origin[1]: a function does not belong here; write a function that returns true or false, without the * that makes it a generator   [type]',
        ],
        { cors: [{ origin: [TWO, () => true] }] },
      ] as const,
  ),
];

describe('what is easily written wrong', () => {
  it.each(WRITTEN)('%s', async (_, written, said, cured) => {
    expect(await saidOf(written)).toEqual(said);
    expect(await saidOf(cured)).toEqual([]);
  });

  it.each(BOTH_PLATFORMS)('is said on %s', async (_, way) => {
    const written = { root: { policies: { p: APP } }, cors: ['p', { maxAge: 5 }] };
    expect(await saidOf(written, way)).toHaveLength(4);
  });

  it('is not an argument that is undefined', async () => {
    expect(await saidOf({ cors: [policy, undefined] })).toEqual([]);
  });
});

it('no cure is written on a handler whose @Cors does not count, as a class between has closed it', async () => {
  class Base {
    @Put() @Cors({ origin: APP }) put(): void {}
  }
  @Cors(false)
  class Middle extends Base {}
  @Controller('leaf')
  @Cors({ origin: 'https://leaf.example' })
  class Leaf extends Middle {}
  const { nest } = await startApp(EXPRESS, rootModule({ controllers: [Leaf] }));
  const asked = { origin: APP, method: 'PUT', url: '/leaf' };
  const { diagnosis } = await nest.get(CorsService).explain(asked);
  expect([diagnosis?.reason, diagnosis?.cures]).toEqual(['origin-not-allowed', []]);
});
