import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Put } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Cors } from 'nestjs-cors';
import { createRequire } from 'node:module';
import express from 'express';
import fc from 'fast-check';

import { pathnameReader, readExpressRouter } from '../../../lib/nest/platform/express/express-router.js';
import { APP } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { rootModule, startApp } from '../../support/running-app.js';
import { FASTIFY } from '../../support/ways.js';

const loadFrom = createRequire(import.meta.url);
const loadFromExpress = createRequire(loadFrom.resolve('express'));
const parseUrl = createRequire(loadFromExpress.resolve('router'))('parseurl') as (request: {
  url: string;
}) => { pathname?: string | null } | undefined;

@Controller('cats')
class Cats {
  @Get(':id') @Cors(false) read(): string {
    return 'read';
  }

  @Put(':id') @Cors({ origin: APP }) put(): string {
    return 'put';
  }
}

describe("the pathname that Express's router reads", () => {
  const router = readExpressRouter(express());
  const read = pathnameReader(router);

  /** As the router calls it. Newer Nodes throw at some of what older ones read. */
  function theirs(url: string): string | undefined {
    try {
      return parseUrl({ url })?.pathname ?? undefined;
    } catch {
      return undefined;
    }
  }

  it.each([
    ['/cats/1?a#b', '/cats/1'],
    ['/cats/1#b', '/cats/1'],
    ['/cats/1 2', '/cats/1%202'],
    ['http://api.example.com/cats/1?a', '/cats/1'],
    ['//cats//1', '//cats//1'],
    ['*', '*'],
    ['/cats/ä', '/cats/ä'],
    ['?a', undefined],
    ['', undefined],
  ])('of %s is %s', (url, pathname) => {
    expect(read(url)).toBe(pathname);
    expect(theirs(url)).toBe(pathname);
  });

  it('is what parseurl says, for any target', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '/',
        '//',
        'http://',
        '#',
        '?',
        ' ',
        '\\',
        '@',
        ':',
        '%2f',
        '\u00a0',
        '\ufeff',
        'é',
        '*',
        ';',
        '.',
      ),
      fc.string({ unit: 'binary-ascii', maxLength: 3 }),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
        (url) => {
          expect(read(url)).toBe(theirs(url));
        },
      ),
    );
  });

  it('runs nothing that stands on the router', () => {
    const app = express();
    app.use(() => {
      throw new Error('middleware ran');
    });
    expect(pathnameReader(readExpressRouter(app))('/cats#x')).toBe('/cats');
  });
});

describe("Fastify's own find-my-way", () => {
  /** An adapter whose instance does not show its router, as a later Fastify might not. */
  function shyAdapter(shown: unknown): FastifyAdapter {
    const adapter = new FastifyAdapter();
    const instance: object = adapter.getInstance();
    const symbol = Object.getOwnPropertySymbols(instance).find(({ description }) => description === 'fastify.404');
    const theirs: object = Reflect.get(instance, symbol ?? '');
    // Fastify itself goes on reading its own.
    const proxy = new Proxy(instance, {
      get: (target, key) => (key === symbol && isAsked() ? shown : Reflect.get(target, key)),
    });
    expect(theirs).toHaveProperty('router');
    adapter.getInstance = (() => proxy) as typeof adapter.getInstance;
    return adapter;
  }

  function isAsked(): boolean {
    return String(new Error().stack).includes('fastify-router');
  }

  const answers = async (adapter: FastifyAdapter): Promise<readonly unknown[]> => {
    const app = await startApp(FASTIFY, rootModule({ controllers: [Cats] }), { adapter });
    const [put, get] = [await app.preflight('/cats/1', 'PUT', APP), await app.preflight('/cats/1', 'GET', APP)];
    return [put.status, put.cors['access-control-allow-origin'], get.status, get.cors['access-control-allow-origin']];
  };

  it('is read off the instance, and nothing is said', async () => {
    expect(await answers(new FastifyAdapter())).toEqual([204, APP, 403, undefined]);
    expect(log.ofCors('warn')).toEqual([]);
  });

  it.each([
    ['is not there', undefined],
    ['has another shape', {}],
    ['is something else', { router: {} }],
    ['is of another make', { router: { on: 1, find: 1 } }],
  ])('is replaced by ours where it %s, and a warning says so', async (_title, shown) => {
    expect(await answers(shyAdapter(shown))).toEqual([204, APP, 403, undefined]);
    expect(log.ofCors('warn')).toEqual([expect.stringContaining('does not expose its router')]);
  });
});
