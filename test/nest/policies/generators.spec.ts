/** A function with `*` that the application gives: it returns an object that does nothing, where an answer is expected. */
import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, type ModuleMetadata, type Type } from '@nestjs/common';
import {
  Cors,
  CORS_BUS,
  CorsConfigError,
  CorsModule,
  CorsOriginStore,
  CorsService,
  type CorsResolverToken,
} from 'nestjs-cors';
import { CorsInspectorModule } from 'nestjs-cors/inspector';

import { ACAO, APP } from '../../cases/cors-case.js';
import { createApp, rootModule, startApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS, EVERY_WAY, type Way } from '../../support/ways.js';

/** Both kinds, as JavaScript would give them. */
const GENERATORS: readonly (readonly [string, () => never])[] = [
  ['a generator', function* () {} as never],
  ['an asynchronous generator', async function* () {} as never],
];

/** What the start says. */
async function saidOf(way: Way, metadata: ModuleMetadata): Promise<string> {
  @Module(metadata)
  class Root {}
  const app = await createApp(way, Root);
  const error: unknown = await app.init().catch((reason: unknown) => reason);
  return error instanceof CorsConfigError
    ? error.message
        .split('\n')
        .slice(1)
        .map((line) => line.trim())
        .join('\n')
    : String(error);
}

function askedBy(token: CorsResolverToken): Type {
  @Controller('cats')
  @Cors({ origin: { resolver: token } })
  class CatsController {
    @Get() list(): string {
      return 'list';
    }
  }
  return CatsController;
}

abstract class Tenants extends CorsOriginStore {
  keyOf(): string {
    return 'one';
  }

  load(): string {
    return APP;
  }
}

describe.each(EVERY_WAY)('at the start on %s', (_, way) => {
  it.each(GENERATORS)('%s is not a resolver', async (_kind, generator) => {
    class Origins {
      allowsOrigin = generator;
    }
    expect(
      await saidOf(way, { imports: [CorsModule.forRoot()], controllers: [askedBy(Origins)], providers: [Origins] }),
    ).toBe(
      'CatsController (every route)\n' +
        'origin: class Origins does not belong here; write a resolver whose allowsOrigin() returns true or false, without the * that makes it a generator   [type]',
    );
  });

  it.each(GENERATORS)('%s is neither keyOf() nor load() of a store', async (_kind, generator) => {
    // A method of the class, and a field of the object.
    class Origins extends Tenants {
      override keyOf = generator;
    }
    Object.defineProperty(Origins.prototype, 'load', { value: generator });
    expect(
      await saidOf(way, { imports: [CorsModule.forRoot()], controllers: [askedBy(Origins)], providers: [Origins] }),
    ).toBe(
      'Origins\n' +
        'keyOf: a function does not belong here; write a method that returns a key, without the * that makes it a generator   [type]\n' +
        'load: a function does not belong here; write a method that returns the origins of a key, without the * that makes it a generator   [type]',
    );
  });
});

describe.each(BOTH_PLATFORMS)('at the start on %s', (_, way) => {
  it.each(GENERATORS)('%s does not create options', async (_kind, generator) => {
    class Factory {
      createCorsOptions = generator;
    }
    const imports = [CorsModule.forRootAsync({ useClass: Factory })];
    expect(await saidOf(way, { imports })).toBe(
      'forRootAsync\n' +
        'useClass: class Factory does not belong here; write a class whose createCorsOptions() returns the options, without the * that makes it a generator   [type]',
    );
    expect(await saidOf(way, { imports: [CorsModule.forRootAsync({ useFactory: generator })] })).toBe(
      'forRootAsync\n' +
        'useFactory: a function does not belong here; write a function that returns the options, without the * that makes it a generator   [type]',
    );
  });

  it.each(GENERATORS)('%s does not belong to a bus', async (_kind, generator) => {
    const buses = [
      { publish: generator, subscribe: () => undefined },
      { publish: () => undefined, subscribe: generator },
    ] as never[];
    const expected =
      'write a bus whose publish() and subscribe() return promises, without the * that makes it a generator';
    for (const bus of buses) {
      expect(await saidOf(way, { imports: [CorsModule.forRoot({ bus })] })).toContain(expected);
      const providers = [{ provide: CORS_BUS, useValue: bus }];
      expect(await saidOf(way, { imports: [CorsModule.forRoot()], providers })).toContain(expected);
    }
  });

  it.each(GENERATORS)('%s does not decide who sees the inspector', async (_kind, generator) => {
    const imports = [CorsModule.forRoot(), CorsInspectorModule.forRoot({ allow: generator })];
    expect(await saidOf(way, { imports })).toContain(
      'allow: a function does not belong here; write a function that takes the request and returns true or false',
    );
  });

  it.each(GENERATORS)('%s changes no policies', async (_kind, generator) => {
    const running = await startApp(way, rootModule({}, { origin: APP }));
    await expect(running.nest.get(CorsService).update(generator)).rejects.toThrow(
      /CorsService\.update\(\)\n.*a function does not belong here; write a function that returns the options, without the \*/,
    );
    expect((await running.send({ path: '/cats', origin: APP })).cors).toEqual({ [ACAO]: APP, vary: 'Origin' });
  });
});
