import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, type Type } from '@nestjs/common';
import { ConfigModule, ConfigService, registerAs } from '@nestjs/config';
import { APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import {
  Cors,
  CORS_OPTIONS,
  CorsInterceptor,
  CorsModule,
  type CorsModuleAsyncOptions,
  type CorsModuleOptions,
  type CorsOptionsFactory,
  CorsService,
  originList,
} from 'nestjs-cors';
import { CorsInspectorModule } from 'nestjs-cors/inspector';

import { ACAO, APP } from '../cases/cors-case.js';
import { log } from '../support/log-capture.js';
import { createApp, rootModule, startApp } from '../support/running-app.js';
import { BOTH_PLATFORMS, EVERY_WAY, Way } from '../support/ways.js';
import { reach, reached } from '../support/witness.js';

const READABLE = { [ACAO]: APP, vary: 'Origin' };

@Controller()
class PlainController {
  @Get() get(): string {
    return reach('plain');
  }
}

function asyncModule(options: CorsModuleAsyncOptions, imports: Type[] = []): Type {
  @Module({ imports: [CorsModule.forRootAsync(options), ...imports], controllers: [PlainController] })
  class AsyncRoot {}
  return AsyncRoot;
}

@Injectable()
class Origins {
  readonly all = [APP];
}

@Injectable()
class OptionsFactory implements CorsOptionsFactory {
  constructor(private readonly origins: Origins) {}

  createCorsOptions(): CorsModuleOptions {
    return { origin: this.origins.all };
  }
}

@Injectable()
class LateOptionsFactory implements CorsOptionsFactory {
  async createCorsOptions(): Promise<CorsModuleOptions> {
    return Promise.resolve({ origin: APP });
  }
}

@Module({ providers: [Origins, OptionsFactory], exports: [Origins, OptionsFactory] })
class OriginsModule {}

process.env['NESTJS_CORS_TEST_ORIGINS'] = `${APP}, https://b.example`;
const corsConfig = registerAs('cors', () => ({ origin: originList(process.env['NESTJS_CORS_TEST_ORIGINS']) }));

describe.each(EVERY_WAY)('the options come from, on %s', (_, way) => {
  it.each<[string, CorsModuleAsyncOptions]>([
    ['useFactory', { useFactory: () => ({ origin: APP }) }],
    ['useFactory, later', { useFactory: async () => Promise.resolve({ origin: APP }) }],
    [
      'useFactory, with what it injects',
      { imports: [OriginsModule], inject: [Origins], useFactory: (origins: Origins) => ({ origin: origins.all }) },
    ],
    ['useClass', { imports: [OriginsModule], useClass: OptionsFactory }],
    ['useClass, later', { useClass: LateOptionsFactory }],
    ['useExisting', { imports: [OriginsModule], useExisting: OptionsFactory }],
    [
      'ConfigService',
      {
        imports: [ConfigModule.forRoot({ ignoreEnvFile: true })],
        inject: [ConfigService],
        useFactory: (config: ConfigService) => ({ origin: originList(config.get('NESTJS_CORS_TEST_ORIGINS')) }),
      },
    ],
  ])('%s', async (_, options) => {
    const app = await startApp(way, asyncModule(options));
    expect((await app.send({ origin: APP })).cors).toEqual(READABLE);
    expect((await app.send({ origin: 'https://c.example' })).cors).toEqual({ vary: 'Origin' });
  });

  it('a namespace of @nestjs/config, asProvider()', async () => {
    @Module({
      imports: [ConfigModule.forRoot({ ignoreEnvFile: true }), CorsModule.forRootAsync(corsConfig.asProvider())],
      controllers: [PlainController],
    })
    class NamespacedRoot {}
    const app = await startApp(way, NamespacedRoot);
    expect((await app.send({ origin: 'https://b.example' })).cors).toEqual({
      [ACAO]: 'https://b.example',
      vary: 'Origin',
    });
  });

  it('nowhere: forRoot() opens nothing, and leaves the app its own headers', async () => {
    const app = await startApp(way, asyncModule({ useFactory: () => ({}) }));
    expect(await app.send({ origin: APP })).toMatchObject({ status: 200, cors: {} });
    expect((await app.preflight('/', 'PUT', APP)).status).toBe(404);
    expect(await app.nest.get(CorsService).allows(APP)).toBe(false);
  });
});

describe.each(BOTH_PLATFORMS)('a test replaces the options, on %s', (_, { platform }) => {
  const way = new Way(platform, 'Test.createTestingModule');

  it.each<[string, Type]>([
    ['of forRoot()', rootModule({ controllers: [PlainController] }, { origin: 'https://production.example' })],
    ['of forRootAsync()', asyncModule({ useFactory: () => ({ origin: 'https://production.example' }) })],
  ])('%s', async (_, root) => {
    const app = await startApp(way, root, {
      override: (builder) => builder.overrideProvider(CORS_OPTIONS).useValue({ origin: APP }),
    });
    expect((await app.send({ origin: APP })).cors).toEqual(READABLE);
    expect((await app.send({ origin: 'https://production.example' })).cors).toEqual({ vary: 'Origin' });
  });
});

@Injectable()
class NeedsService {
  constructor(readonly service: CorsService) {}
}

@Module({ providers: [NeedsService] })
class FeatureModule {}

describe.each(EVERY_WAY)('the module, on %s', (_, way) => {
  it('is global: any module may inject CorsService', async () => {
    const app = await startApp(way, rootModule({ imports: [FeatureModule] }, { origin: APP }));
    expect(app.nest.get(NeedsService, { strict: false }).service.routes()).toEqual([]);
  });

  it('with CorsInterceptor bound beside the hook, does everything once', async () => {
    const asked = (origin: string): boolean => reach('asked') === 'asked' && origin === APP;
    const providers = [{ provide: APP_INTERCEPTOR, useExisting: CorsInterceptor }];
    const app = await startApp(way, rootModule({ controllers: [PlainController], providers }, { origin: asked }));
    expect((await app.send({ origin: APP })).cors).toEqual(READABLE);
    expect(reached).toEqual(['asked', 'plain']);
  });
});

describe.each(BOTH_PLATFORMS)('in preview mode, where nothing is instantiated, on %s', (_, way) => {
  it('the modules do nothing, and Nest has nothing to warn of', async () => {
    const imports = [CorsInspectorModule.forRoot({ path: 'cors' })];
    const root = rootModule({ imports, controllers: [PlainController] }, { origin: APP });
    const app = await createApp(way, root, { options: { preview: true, snapshot: true } });
    await app.init();
    expect(log.complaints.filter((line) => !line.startsWith('NestApplicationContext: '))).toEqual([]);
  });
});

describe('an application without HTTP', () => {
  const root = rootModule({ imports: [FeatureModule] }, { origin: APP, policies: { any: { origin: '*' } } });
  const contexts: { close(): Promise<void> }[] = [];
  afterEach(async () => Promise.all(contexts.splice(0).map(async (context) => context.close())));

  it('can ask policies through CorsService.allows()', async () => {
    const context = await NestFactory.createApplicationContext(root, { logger: log, abortOnError: false });
    contexts.push(context);
    const service = context.get(CorsService);
    expect(await service.allows(APP)).toBe(true);
    expect(await service.allows('https://other.example')).toBe(false);
    expect(await service.allows('https://other.example', 'any')).toBe(true);
    expect(service.routes()).toEqual([]);
    await expect(service.explain({ url: '/' })).rejects.toThrow(/nor in an application without HTTP/);
    expect(log.complaints).toEqual([]);
    expect(log.ofCors('log')).toEqual(['this application serves no HTTP, so no response gets CORS headers']);
    expect(log.ofCors('debug')).toEqual([]);
  });

  it('is told of mistakes, too', async () => {
    const mistaken = rootModule({}, { origin: 'App.example' });
    await expect(NestFactory.createApplicationContext(mistaken, { logger: log, abortOnError: false })).rejects.toThrow(
      /^1 mistake in the CORS policies/,
    );
  });

  it('may be a testing module that nobody makes an application of', async () => {
    const module = await Test.createTestingModule({ imports: [root] })
      .setLogger(log)
      .compile();
    contexts.push(module);
    await module.init();
    expect(await module.get(CorsService).allows(APP)).toBe(true);
  });

  it('and before init() there is nothing to be asked', async () => {
    const module = await Test.createTestingModule({ imports: [root] })
      .setLogger(log)
      .compile();
    contexts.push(module);
    await expect(module.get(CorsService).allows(APP)).rejects.toThrow(/not known before app\.init\(\)/);
    await expect(module.get(CorsService).update({})).rejects.toThrow(/app\.init\(\)/);
  });
});

describe('a class with @Cors', () => {
  it('is not changed by what it is given, nor is that', async () => {
    const policy = Object.freeze({ origin: Object.freeze([APP]), exposedHeaders: Object.freeze(['X-A']) });
    @Controller()
    @Cors(policy)
    class FrozenController extends PlainController {}
    const app = await startApp(
      new Way('Express', 'NestFactory.create'),
      rootModule({ controllers: [FrozenController] }),
    );
    expect((await app.send({ origin: APP })).cors).toMatchObject({ [ACAO]: APP });
    expect(policy).toEqual({ origin: [APP], exposedHeaders: ['X-A'] });
  });
});
