import { describe, expect, it } from '@jest/globals';
import { Controller, RequestMapping, RequestMethod, type Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import fc from 'fast-check';
import { CorsService } from 'nestjs-cors';

import { ACAH, ACEH, APP } from '../../cases/cors-case.js';
import type { Answer } from '../../support/http-client.js';
import { log } from '../../support/log-capture.js';
import { Named } from '../../support/named-route.js';
import { createExpress, rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS, type PlatformName } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const RUNS = 15;

const METHODS = ['GET', 'POST', 'PUT', 'ALL'] as const;
const LITERALS = ['a', 'b', 'ab', 'A', '1', 'a.b', 'a-b', 'ä'];

interface FuzzRoute {
  readonly method: (typeof METHODS)[number];
  readonly path: string;
}

/** Segments in the syntax of each platform; a parameter is named after its place, and after nothing else. */
const SEGMENTS: Readonly<Record<PlatformName, readonly string[]>> = {
  Express: [...LITERALS, ':p', ':p', ':p.b', 'a-:p', '{:p}'],
  Fastify: [...LITERALS, ':p', ':p', ':p.b', 'a-:p', ':p(^\\d+$)'],
};
const ENDS: Readonly<Record<PlatformName, readonly string[]>> = {
  Express: ['', '', '', '/*rest', '{/*rest}', '{/:last}'],
  Fastify: ['', '', '', '/*', '/:last?'],
};

function routesOn(platform: PlatformName): fc.Arbitrary<readonly FuzzRoute[]> {
  const path = fc
    .tuple(fc.array(fc.constantFrom(...SEGMENTS[platform]), { maxLength: 3 }), fc.constantFrom(...ENDS[platform]))
    .map(
      ([segments, end]) => segments.map((segment, index) => `/${segment.replace(':p', `:p${index}`)}`).join('') + end,
    );
  return fc.array(fc.record({ method: fc.constantFrom(...METHODS), path }), { minLength: 1, maxLength: 8 });
}

const TEXTS = [
  'a',
  'b',
  'ab',
  'A',
  '1',
  '42',
  'a.b',
  'a-b',
  'a-',
  '.b',
  '%61',
  'a%2Fb',
  '%C3%A4',
  '',
  '.',
  '..',
  'a;b',
  '%',
  'x',
];

/** A URL that a route of the table was probably written for, or one that nobody wrote a route for. */
const targets = fc.array(
  fc.record({
    pick: fc.option(fc.nat(7), { nil: undefined, freq: 3 }),
    texts: fc.array(fc.constantFrom(...TEXTS), { minLength: 1, maxLength: 4 }),
    start: fc.constantFrom('', '', '', '', '/', 'http://h'),
    end: fc.constantFrom('', '', '', '/', '//', '?a=/b', '#f', ';s=1'),
  }),
  { minLength: 8, maxLength: 8 },
);
type Target = typeof targets extends fc.Arbitrary<(infer T)[]> ? T : never;

function urlOf({ pick, texts, start, end }: Target, routes: readonly FuzzRoute[], prefix: string): string {
  const index = (pick ?? 0) % routes.length;
  const route = pick === undefined ? undefined : routes[index];
  if (route === undefined) {
    return `${start}/${texts.join('/')}${end}`;
  }
  let next = 0;
  const filled = route.path
    .replace(/\{([^}]*)\}/g, (_, inner: string) => (texts.length % 2 === 0 ? inner : ''))
    .replace(/:\w+(?:\([^)]*\))?\??|\*\w*/g, () => texts[next++ % texts.length] ?? '');
  return `${start}${prefix === '' ? '' : `/${prefix}`}${index % 2 === 0 ? '/a' : ''}${filled}${end}` || '/';
}

const settings = fc.record({
  caseSensitive: fc.boolean(),
  trailing: fc.boolean(),
  doubled: fc.boolean(),
  prefix: fc.constantFrom('', 'a'),
});
type Settings = typeof settings extends fc.Arbitrary<infer T> ? T : never;

function adapterWith(platform: PlatformName, { caseSensitive, trailing, doubled }: Settings): AbstractHttpAdapter {
  if (platform === 'Fastify') {
    const routerOptions = { caseSensitive, ignoreTrailingSlash: trailing, ignoreDuplicateSlashes: doubled };
    return new FastifyAdapter({ routerOptions });
  }
  const instance = createExpress();
  instance.set('case sensitive routing', caseSensitive);
  instance.set('strict routing', trailing);
  return new ExpressAdapter(instance);
}

/** Every second route in a second controller, so that they are not registered as they are written. */
function controllersOf(routes: readonly FuzzRoute[]): Type[] {
  @Controller('a')
  class Even {}
  @Controller()
  class Odd {}
  routes.forEach(({ method, path }, index) => {
    const { prototype } = index % 2 === 0 ? Even : Odd;
    const name = `r${index}`;
    const descriptor = { value: () => reach(name), configurable: true, writable: true };
    RequestMapping({ method: RequestMethod[method], path })(prototype, name, descriptor);
    Named(name)(prototype, name, descriptor);
    Object.defineProperty(prototype, name, descriptor);
  });
  return [Even, Odd];
}

/** Undefined where the platform refuses the table: Fastify takes no route twice. */
async function startTable(
  platform: PlatformName,
  routes: readonly FuzzRoute[],
  given: Settings,
): Promise<RunningApp | undefined> {
  const way = BOTH_PLATFORMS.map(([, each]) => each).find((each) => each.platform === platform);
  try {
    return (
      way &&
      (await startApp(way, rootModule({ controllers: controllersOf(routes) }), {
        adapter: adapterWith(platform, given),
        options: given.doubled ? { routeResolutionStrategy: 'specificity' } : {},
        configure: (app) => app.setGlobalPrefix(given.prefix),
      }))
    );
  } catch (error) {
    // Not ours: what we have to say at start is a CorsConfigError, or a computed route that the router does not have.
    if (/nestjs-cors|CORS/.test(String(error))) {
      throw error;
    }
    return undefined;
  }
}

const lower = (headers: Readonly<Record<string, string>>): object =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** What ran for this method; a status where nothing did. */
async function sendOne(
  app: RunningApp,
  method: string,
  path: string,
): Promise<{ ran: string | number; answer: Answer }> {
  reached.length = 0;
  const answer = await app.send({ method, path, origin: APP });
  return { ran: reached.at(-1) ?? answer.status, answer };
}

async function verify(app: RunningApp, method: string, url: string): Promise<void> {
  const { ran, answer } = await sendOne(app, method, url);
  const said = await app.preflight(url, method, APP, 'x-probe');
  const policy = answer.cors[ACEH];
  const asked = String(said.cors[ACAH] ?? '').replace('x-probe, ', '');
  if (typeof ran === 'string') {
    expect({ method, url, policy, asked }).toEqual({ method, url, policy: ran, asked: ran });
  } else if (ran !== 400 && policy !== undefined) {
    // Only other methods serve the URL, and they share one policy.
    const others = await Promise.all(
      ['GET', 'POST', 'PUT'].map(async (other) => (await app.send({ method: other, path: url })).body),
    );
    expect({ method, url, others, asked }).toEqual({
      method,
      url,
      others: expect.arrayContaining([policy]),
      asked: '',
    });
  }
  if (answer.cors[ACEH] === undefined && ran === 400) {
    return; // Fastify answers what it cannot decode before any hook.
  }
  const service = app.nest.get(CorsService);
  const request = await service.explain({ method, url, origin: APP, phase: 'request' });
  expect({ method, url, headers: lower(request.headers) }).toEqual({ method, url, headers: answer.cors });
  const preflight = await service.explain({ method, url, origin: APP, phase: 'preflight', headers: ['x-probe'] });
  if (preflight.verdict !== 'untouched') {
    const { 'content-length': _, ...headers } = lower(preflight.headers) as Record<string, string>;
    expect({ method, url, status: preflight.status, headers }).toEqual({
      method,
      url,
      status: said.status,
      headers: said.cors,
    });
  }
}

describe.each(BOTH_PLATFORMS)('whatever the routes and the URLs, on %s', (_, way) => {
  it(
    'the policy in the response, in the preflight’s answer and in the explanation is that of the handler that runs',
    async () => {
      let checked = 0;
      const property = fc.asyncProperty(routesOn(way.platform), targets, settings, async (routes, wanted, given) => {
        const app = await startTable(way.platform, routes, given);
        fc.pre(app !== undefined);
        try {
          for (const url of wanted.map((target) => urlOf(target, routes, given.prefix))) {
            for (const method of ['GET', 'PUT']) {
              await verify(app, method, url);
              checked += reached.length;
            }
          }
          expect(log.ofCors('error')).toEqual([]);
        } finally {
          await app.close();
        }
      });
      // Each run starts an application: to shrink a failure would start hundreds.
      await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
      // Most URLs were served: it is not 404s that agreed with each other.
      expect(checked).toBeGreaterThan(RUNS * 4);
    },
    process.env['FUZZ'] === undefined ? RUNS * 2_000 : undefined,
  );
});
