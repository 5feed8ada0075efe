import { describe, expect, it } from '@jest/globals';
import { Controller, Put, type Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { Cors } from 'nestjs-cors';
import fc from 'fast-check';

import { ACAO, APP } from '../../cases/cors-case.js';
import { hooklessAdapter, orderlessAdapter, silentAdapter } from '../../support/hookless-adapter.js';
import { rootModule, startApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS, EXPRESS, FASTIFY, type Way } from '../../support/ways.js';

interface Written {
  readonly path: string;
  readonly isOpen: boolean;
}

const text = fc.constantFrom('a', 'b', 'ab');
const whole: fc.Arbitrary<string[]> = fc.array(fc.oneof(text, text, fc.constant(':')), { minLength: 1, maxLength: 3 });
const part = fc.oneof(text, fc.constantFrom(':', '-:', 'a-:'));
const mixed = fc.array(part, { minLength: 1, maxLength: 3 });

/** Parameters are named by their position: Fastify refuses a pattern that differs from another in names only. */
function pathOf(segments: readonly string[], isWild: boolean, { isExpress }: Way): string {
  const named = segments.map((segment, index) => segment.replace(':', `:p${index}`)).join('/');
  return isWild ? `${named}/${isExpress ? '*rest' : '*'}` : named;
}

function routes(way: Way, segments: fc.Arbitrary<string[]>): fc.Arbitrary<Written[]> {
  const path = fc
    .tuple(segments, fc.constantFrom(false, false, true))
    .map(([parts, isWild]) => pathOf(parts, isWild, way));
  return fc.uniqueArray(fc.record({ path, isOpen: fc.boolean() }), {
    minLength: 2,
    maxLength: 7,
    selector: (written) => written.path,
  });
}

/** One handler for each, in this order; each says its policy. */
function controllerOf(written: readonly Written[]): Type {
  class RandomController {}
  for (const [index, { path, isOpen }] of written.entries()) {
    const name = `handle${index}`;
    const handler = { value: () => (isOpen ? 'open' : 'closed'), configurable: true, writable: true };
    Object.defineProperty(RandomController.prototype, name, handler);
    Put(path)(RandomController.prototype, name, handler);
    Cors(isOpen ? { origin: APP } : false)(RandomController.prototype, name, handler);
  }
  Controller('r')(RandomController);
  return RandomController;
}

const plainUrl = fc
  .array(fc.constantFrom('a', 'b', 'ab', 'c'), { minLength: 1, maxLength: 4 })
  .map((segments) => `/r/${segments.join('/')}`);
const oddUrl = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      'A',
      'ab',
      'a-',
      'a-b',
      '-a',
      '',
      '.',
      '..',
      '%61',
      '%2f',
      'a%2Fb',
      'x'.repeat(101),
      'a;b',
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((segments) => `/r/${segments.join('/')}`);

interface Seen {
  readonly url: string;
  /** Undefined if no handler was reached. */
  readonly handler: string | undefined;
  readonly isAllowed: boolean;
}

async function ask(way: Way, adapter: AbstractHttpAdapter, written: Written[], urls: string[]): Promise<Seen[]> {
  const app = await startApp(way, rootModule({ controllers: [controllerOf(written)] }), { adapter });
  try {
    const seen: Seen[] = [];
    for (const url of urls) {
      const { cors } = await app.preflight(url, 'PUT', APP);
      const { status, body } = await app.send({ method: 'PUT', path: url });
      seen.push({ url, handler: status === 200 ? body : undefined, isAllowed: cors[ACAO] !== undefined });
    }
    return seen;
  } finally {
    await app.close();
  }
}

const urlsOf = (url: fc.Arbitrary<string>): fc.Arbitrary<string[]> => fc.array(url, { minLength: 4, maxLength: 10 });

describe('without a request hook, whatever the patterns and in whatever order they are registered', () => {
  it.each(BOTH_PLATFORMS)('the policy of the handler that is reached answers a preflight, on %s', async (_, way) => {
    await fc.assert(
      fc.asyncProperty(routes(way, whole), urlsOf(plainUrl), async (written, urls) => {
        for (const { url, handler, isAllowed } of await ask(way, hooklessAdapter(way), written, urls)) {
          if (handler !== undefined) {
            expect([url, isAllowed]).toEqual([url, handler === 'open']);
          }
        }
      }),
      { numRuns: 15 },
    );
  });

  it.each([
    ['Express, which tells its order', EXPRESS, hooklessAdapter],
    ['Fastify, which tells its order', FASTIFY, hooklessAdapter],
    ['Express, which says nothing', EXPRESS, silentAdapter],
    ['Fastify, which says nothing', FASTIFY, silentAdapter],
    ['Express, which says that there is no order', EXPRESS, orderlessAdapter],
  ])('a closed handler is never reached behind a preflight that passed, on %s', async (_, way, adapter) => {
    await fc.assert(
      fc.asyncProperty(routes(way, mixed), urlsOf(fc.oneof(plainUrl, oddUrl)), async (written, urls) => {
        for (const { url, handler, isAllowed } of await ask(way, adapter(way), written, urls)) {
          expect([url, isAllowed && handler === 'closed']).toEqual([url, false]);
        }
      }),
      { numRuns: 12 },
    );
  });
});
