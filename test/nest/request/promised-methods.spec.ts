import { describe, expect, it } from '@jest/globals';
import {
  All,
  Controller,
  Delete,
  Get,
  Patch,
  Put,
  RequestMapping,
  RequestMethod,
  Version,
  VersioningType,
  type Type,
} from '@nestjs/common';
import fc from 'fast-check';
import { Cors, type CorsModuleOptions, type CorsPolicyOptions } from 'nestjs-cors';

import { ACAC, ACAM, ACAO, ACMA, APP, PREFLIGHT_VARY } from '../../cases/cors-case.js';
import type { Answer } from '../../support/http-client.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS, EVERY_WAY, type Way } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const OTHER = 'https://other.example';
const EVERYTHING = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE'];
const isPatch = (_origin: string, { method }: { readonly method: string }): boolean => method === 'PATCH';

/** A method of an answer is kept for the URL by browsers, and later requests with it are sent without asking. */
@Controller('cats')
class CatsController {
  @Put(':id') update(): string {
    return reach('update');
  }

  @Patch(':id') patch(): string {
    return reach('patch');
  }

  @Delete(':id') @Cors(false) remove(): string {
    return reach('remove');
  }
}

/** A wildcard is written as the platform has it. */
function dogsOn(way: Way): Type {
  @Controller('dogs')
  class DogsController {
    @Put('special') @Cors({ origin: OTHER }) special(): string {
      return reach('special');
    }

    @Put(':id') update(): string {
      return reach('update');
    }

    @Delete(':id') remove(): string {
      return reach('remove');
    }

    @Patch(way.isExpress ? '*rest' : '*') rest(): string {
      return reach('rest');
    }
  }
  return DogsController;
}

@Controller('birds')
class BirdsController {
  @Put() @Version('1') one(): string {
    return reach('one');
  }

  @Put() @Version('2') two(): string {
    return reach('two');
  }

  @Delete() @Version('1') removeOne(): string {
    return reach('remove one');
  }

  @Delete() @Version('2') @Cors(false) removeTwo(): string {
    return reach('remove two');
  }

  @Patch() @Version(['1', '2']) patch(): string {
    return reach('patch');
  }
}

@Controller('fish')
class FishController {
  @Delete('of/:size') removeOf(): string {
    return reach('remove of');
  }

  @Get('of/:size') @Version('2') getOf(): string {
    return reach('get of');
  }

  @Put() @Cors({ origin: isPatch }) update(): string {
    return reach('update');
  }

  @Patch() @Cors({ origin: isPatch }) patch(): string {
    return reach('patch');
  }

  @All('any') any(): string {
    return reach('any');
  }

  @Get('any/:id') get(): string {
    return reach('get');
  }
}

const controllersOn = (way: Way): Type[] => [CatsController, dogsOn(way), BirdsController, FishController];

const closing: CorsModuleOptions['paths'] = [
  { path: '/files/*file', methods: ['DELETE'], policy: false },
  { path: '/files/*file', policy: { origin: APP, methods: EVERYTHING } },
  { path: '/auto/*file', methods: ['DELETE'], policy: { origin: OTHER } },
  { path: '/auto/*file', policy: { origin: APP } },
];

describe.each(EVERY_WAY)('a preflight’s answer names a method only if asking about it would pass, on %s', (_, way) => {
  const start = async (options: CorsPolicyOptions): Promise<RunningApp> =>
    startApp(way, rootModule({ controllers: controllersOn(way) }, { origin: APP, paths: closing, ...options }), {
      configure: (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' }),
    });

  it.each([
    ['a list', { methods: EVERYTHING }],
    ['auto', {}],
  ])('under %s', async (what, options) => {
    const app = await start(options);
    const listed = async (method: string, path: string): Promise<unknown> =>
      (await app.preflight(path, method, APP)).cors[ACAM];
    // A closed handler beside it, an earlier route for another origin, a URL that fewer patterns serve.
    expect(await listed('PUT', '/cats/1')).toBe('PUT, PATCH');
    expect((await app.preflight('/cats/1', 'DELETE', APP)).status).toBe(403);
    expect(await listed('DELETE', '/dogs/special')).toBe('PATCH, DELETE');
    expect(await listed('DELETE', '/dogs/other')).toBe('PUT, PATCH, DELETE');
    expect(await listed('PATCH', '/dogs/other/more')).toBe('PATCH');
    // Versions: all that may be meant have to be equal.
    expect(await listed('PUT', '/birds')).toBe('PUT, PATCH');
    // A function may answer differently for another method.
    expect(await listed('PATCH', '/fish')).toBe('PATCH');
    // @All() stands for every method that a list names.
    expect(await listed('PUT', '/fish/any')).toBe(what === 'auto' ? 'PUT' : EVERYTHING.join(', '));
    expect(await listed('GET', '/fish/any/1')).toBe('GET, HEAD');
    // Not even with an empty parameter: that is a URL that no controller serves.
    expect(await listed('GET', '/fish/of/1')).toBe('GET, HEAD, DELETE');
    expect(await listed('GET', '/fish/of/')).toBe(EVERYTHING.join(', '));
    // What no controller serves.
    expect(await listed('PUT', '/files/a')).toBe('GET, HEAD, PUT, PATCH, POST');
    expect(await listed('PUT', '/auto/a')).toBe('GET, HEAD, PUT, PATCH, POST');
    expect(await listed('PUT', '/nowhere')).toBe(EVERYTHING.join(', '));
    // And again, for what has been kept since.
    expect(await listed('DELETE', '/dogs/special')).toBe('PATCH, DELETE');
    expect(await listed('DELETE', '/dogs/other')).toBe('PUT, PATCH, DELETE');
    expect(reached).toEqual([]);
  });

  it('under * it is the announced one', async () => {
    const app = await start({ methods: '*' });
    expect((await app.preflight('/cats/1', 'PUT', APP)).cors).toEqual({
      [ACAO]: APP,
      [ACAM]: 'PUT',
      vary: PREFLIGHT_VARY,
    });
  });
});

const OPEN = { origin: '*', credentials: false };
const POLICIES: readonly (CorsPolicyOptions | false | undefined)[] = [
  false,
  undefined,
  { origin: APP, maxAge: 1 },
  { origin: [APP, OTHER], maxAge: 2, credentials: true, methods: EVERYTHING },
  { ...OPEN, maxAge: 3, methods: ['DELETE', 'PUT', 'OPTIONS'] },
  { ...OPEN, maxAge: 4 },
  { ...OPEN, maxAge: 5, methods: '*' },
  { origin: [OTHER, isPatch], maxAge: 6, methods: EVERYTHING },
];
const METHODS = ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ALL'] as const;
const PATTERNS = ['/a', '/a/b', '/a/:y', '/:x', '/:x/b', '/:x/:y', '/a/b/c'];
const URLS = ['/a', '/b', '/a/b', '/a/c', '/c/b', '/c/c', '/a/b/c', '/A/b?q', '/a/', '/%61/b', '//a', '/x/y/z'];
const ASKED = ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PURGE'];

const policy = fc.integer({ min: 0, max: POLICIES.length - 1 });
const tables = fc.record({
  base: policy,
  routes: fc.uniqueArray(
    fc.record({
      method: fc.constantFrom(...METHODS),
      pattern: fc.constantFrom(...PATTERNS, ...(['/*rest', '/a/*rest'] as const)),
      policy,
      version: fc.constantFrom(undefined, undefined, undefined, '1', '2'),
    }),
    { maxLength: 9, selector: ({ pattern, method, version }) => `${pattern} ${method} ${version ?? ''}` },
  ),
  paths: fc.array(
    fc.record({
      // An entry without a wildcard must not stand where a controller serves.
      path: fc.constantFrom('/a{/*any}', '/b{/*any}', '/*any', '/a/*any', '/x/y/z{/*any}', '/:x'),
      methods: fc.option(fc.uniqueArray(fc.constantFrom('GET', 'PUT', 'DELETE'), { minLength: 1 }), {
        nil: undefined,
      }),
      policy,
    }),
    { maxLength: 3 },
  ),
});
type Table = typeof tables extends fc.Arbitrary<infer T> ? T : never;

/** On Fastify a pattern that `@All()` serves has room for nothing else. */
function routesOn(way: Way, { routes }: Table): Table['routes'] {
  const isCrowded = (pattern: string): boolean =>
    routes.some((route) => route.pattern === pattern && route.method === 'ALL') &&
    routes.filter((route) => route.pattern === pattern).length > 1;
  return way.isExpress ? routes : routes.filter((route) => route.method !== 'ALL' || !isCrowded(route.pattern));
}

function controllerOf(way: Way, table: Table): Type {
  @Controller()
  class RandomController {}
  for (const [index, route] of routesOn(way, table).entries()) {
    const name = `route${index}`;
    const descriptor = { value: () => name, writable: true, configurable: true };
    Object.defineProperty(RandomController.prototype, name, descriptor);
    const path = way.isExpress ? route.pattern : route.pattern.replace('*rest', '*');
    RequestMapping({ path, method: RequestMethod[route.method] })(RandomController.prototype, name, descriptor);
    if (route.version !== undefined) {
      Version(route.version)(RandomController.prototype, name, descriptor);
    }
    const written = POLICIES[route.policy];
    if (written !== undefined) {
      Cors(written)(RandomController.prototype, name, descriptor);
    }
  }
  return RandomController;
}

function optionsOf({ base, paths }: Table): CorsModuleOptions {
  const root = POLICIES[base];
  return {
    ...(root === false ? { origin: false } : root),
    paths: paths.map(({ path, methods, policy: index }) => ({ path, methods, policy: POLICIES[index] ?? false })),
  };
}

const PREFLIGHTS = URLS.flatMap((url) =>
  [APP, OTHER].flatMap((origin) => ASKED.map((method) => [url, origin, method] as const)),
);

/** Every policy has a `maxAge` of its own, several together have the smallest. */
const saysWhose = ({ status, cors }: Answer): object => ({
  status,
  origin: cors[ACAO],
  credentials: cors[ACAC],
  whose: cors[ACMA],
});

describe.each(BOTH_PLATFORMS)('whatever the routes, versions, paths and policies, on %s', (_, way) => {
  it('every method in an answer, asked about, is allowed by an equal policy', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        const app = await startApp(way, rootModule({ controllers: [controllerOf(way, table)] }, optionsOf(table)), {
          configure: (nest) => nest.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' }),
        });
        const answers = new Map<string, Answer>();
        const ask = async (url: string, origin: string, method: string): Promise<Answer> => {
          const key = `${url} ${origin} ${method}`;
          const answer = answers.get(key) ?? (await app.preflight(url, method, origin));
          answers.set(key, answer);
          return answer;
        };
        for (const [url, origin, method] of PREFLIGHTS) {
          const answer = await ask(url, origin, method);
          // Where no policy answers the preflight, the app does, with its own status and the policy of its OPTIONS handler.
          if (answer.cors[ACAO] === undefined || answer.status !== 204) {
            expect(answer.cors[ACAM]).toBeUndefined();
            continue;
          }
          const listed = String(answer.cors[ACAM] ?? '').split(', ');
          if (!['GET', 'HEAD', 'POST'].includes(method)) {
            expect(listed).toContain(method);
          }
          for (const other of listed.filter((name) => name !== '' && name !== method)) {
            compared += 1;
            const promised = saysWhose(await ask(url, origin, other));
            expect([url, other, promised]).toEqual([url, other, saysWhose(answer)]);
          }
        }
        // What has been kept is what was found.
        for (const [url, origin, method] of PREFLIGHTS.filter((_, index) => index % 5 === 0)) {
          expect((await app.preflight(url, method, origin)).cors).toEqual((await ask(url, origin, method)).cors);
        }
        await app.close();
      }),
      { numRuns: 10 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});

/** In an answer without credentials, `*` is no name to browsers: they keep it for every method, and for every header. */
describe.each(EVERY_WAY)('what a page calls *, on %s', (_, way) => {
  @Controller('cats')
  class StarController {
    @Put() @Cors({ methods: '*' }) update(): void {}

    @All('all') all(): void {}

    @Delete() @Cors(false) remove(): void {}
  }
  const paths = [
    { path: '/files', methods: ['DELETE'], policy: false },
    { path: '/files', policy: { origin: APP } },
  ] as const;

  it.each<CorsModuleOptions>([
    { origin: '*' },
    { origin: APP, credentials: true },
    { origin: APP, methods: '*', paths },
    { origin: () => true, methods: '*', paths },
  ])('is not echoed: %j', async (options) => {
    const app = await startApp(way, rootModule({ controllers: [StarController] }, options));
    for (const url of ['/cats', '/cats/all', '/files', '/nowhere']) {
      for (const [method, headers] of [
        ['*', undefined],
        ['*', 'x-a'],
        ['PUT', '*'],
        ['PUT', 'x-a,*'],
        ['GET', '*'],
      ] as const) {
        const { status, cors } = await app.preflight(url, method, APP, headers);
        expect([url, method, headers, status, Object.keys(cors)]).toEqual([url, method, headers, 403, ['vary']]);
      }
    }
  });
});
