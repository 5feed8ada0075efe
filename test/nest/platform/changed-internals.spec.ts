import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { MetadataScanner, type AbstractHttpAdapter } from '@nestjs/core';
import { RouterMethodFactory } from '@nestjs/core/internal';
import { Cors } from 'nestjs-cors';

import { APP } from '../../cases/cors-case.js';
import { adapterOf, createApp, expressOf, fastifyOf, rootModule, startApp } from '../../support/running-app.js';
import { EVERY_WAY, EXPRESS, FASTIFY } from '../../support/ways.js';

/** What Nest, Express and Fastify keep to themselves may change with any version: then the start stops, and nothing opens. */

@Controller('cats')
@Cors(false)
class CatsController {
  @Get() list(): string {
    return 'list';
  }
}

const root = rootModule({ controllers: [CatsController] }, { origin: APP });
const original = Reflect.defineMetadata;
const getMethod = RouterMethodFactory.prototype.get;
const getAllMethodNames = MetadataScanner.prototype.getAllMethodNames;

afterEach(() => {
  Reflect.defineMetadata = original;
  MetadataScanner.prototype.getAllMethodNames = getAllMethodNames;
  RouterMethodFactory.prototype.get = getMethod;
});

/** As a version of Nest would whose decorators write under another key. */
function rename(key: string): void {
  const renamed = (each: unknown): unknown => (String(each).startsWith(key) ? `renamed:${String(each)}` : each);
  Reflect.defineMetadata = (each: unknown, ...rest: unknown[]): void => {
    Reflect.apply(original, Reflect, [renamed(each), ...rest]);
  };
}

describe.each(EVERY_WAY)('a version of Nest with other metadata (%s)', (_, way) => {
  it.each([
    ['path', 'the path of a controller'],
    ['host', 'the host of a controller'],
    ['method', 'the method of a handler'],
    ['__version__', 'the version of a handler'],
    ['__module_path__', 'the path of a module'],
  ])('does not start: %s', async (key, what) => {
    const app = await createApp(way, root);
    rename(key);
    await expect(app.init()).rejects.toThrow(what);
  });

  it('does not start where it names methods in another way', async () => {
    const app = await createApp(way, root);
    MetadataScanner.prototype.getAllMethodNames = () => [];
    await expect(app.init()).rejects.toThrow('the names of a controller’s methods');
  });
});

describe.each(EVERY_WAY)('a version of an adapter that is used in another way (%s)', (_, way) => {
  async function initChanged(changes: Readonly<Record<string, unknown>>): Promise<INestApplication> {
    const adapter = adapterOf(way);
    const app = await createApp(way, root, { adapter });
    Object.assign(adapter, changes);
    return app.init();
  }

  it('does not start where Nest’s middleware is registered by another method', async () => {
    await expect(initChanged({ createMiddlewareFactory: undefined })).rejects.toThrow('createMiddlewareFactory()');
  });

  it('does not start where routes are registered past the adapter', async () => {
    const app = await createApp(way, root);
    RouterMethodFactory.prototype.get = (target: { getInstance(): { get: (...args: unknown[]) => unknown } }) => {
      const instance = target.getInstance();
      return instance.get.bind(instance);
    };
    await expect(app.init()).rejects.toThrow('nestjs-cors computed routes that the router does not have');
  });
});

describe('an Express whose router has another shape', () => {
  it.each([
    ['no setting for letter case', 'caseSensitive'],
    ['no setting for slashes', 'strict'],
  ])('does not start: %s', async (_, key) => {
    const app = await createApp(EXPRESS, root);
    const express = expressOf(app);
    const router = new Proxy(express.router, {
      get: (target, name) => (name === key ? undefined : (Reflect.get(target, name) as unknown)),
      has: (target, name) => name !== key && Reflect.has(target, name),
    });
    Object.defineProperty(express, 'router', { value: router });
    await expect(app.init()).rejects.toThrow('none or one of another shape');
  });

  it('does not start: layers that are matched in another way', async () => {
    const app = await createApp(EXPRESS, root);
    const [layer] = expressOf(app).router.stack;
    Object.defineProperty(layer, 'match', { value: undefined });
    await expect(app.init()).rejects.toThrow('none or one of another shape');
  });
});

describe('a Fastify that tells less', () => {
  it('does not start without the settings of its router', async () => {
    const app = await createApp(FASTIFY, root);
    const fastify = fastifyOf(app);
    const { caseSensitive: _left, ...others } = fastify.initialConfig as Record<string, unknown>;
    Object.defineProperty(fastify, 'initialConfig', { value: others });
    await expect(app.init()).rejects.toThrow('the router setting caseSensitive');
  });

  it('opens nothing where requests do not name their route’s config', async () => {
    const adapter = adapterOf(FASTIFY);
    const setHook = (hook: unknown): void => {
      (adapter as AbstractHttpAdapter & { onRequestHook: unknown }).onRequestHook = hook;
    };
    adapter.setOnRequestHook = (hook: (...args: unknown[]) => void) =>
      setHook((request: object, ...rest: unknown[]) => {
        const blind = Object.create(request, { routeOptions: { value: {} } }) as object;
        hook(blind, ...rest);
      });
    const app = await startApp(FASTIFY, root, { adapter });
    expect(await app.send({ path: '/cats', origin: APP })).toMatchObject({ body: 'list', cors: {} });
  });
});
