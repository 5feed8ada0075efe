import { afterAll, beforeEach } from '@jest/globals';
import {
  Module,
  type DynamicModule,
  type INestApplication,
  type ModuleMetadata,
  type NestApplicationOptions,
  type Type,
} from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { CorsModule, type CorsModuleOptions } from 'nestjs-cors';
import type { Express } from 'express';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

import { send, type Answer, type Asked } from './http-client.js';
import { log } from './log-capture.js';
import type { Way } from './ways.js';
import { reached } from './witness.js';

/** Everything but the modules: what `main.ts` would do. */
export interface AppSetup {
  readonly options?: NestApplicationOptions;
  /** Between creation and `init()`: prefix, versioning, global guards. */
  readonly configure?: (app: INestApplication) => unknown;
  /** What a test replaces; with `Test.createTestingModule` only. */
  readonly override?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
  /** Instead of the platform's adapter with its defaults. */
  readonly adapter?: AbstractHttpAdapter;
}

/** An application that listens on a port of its own. */
export class RunningApp {
  constructor(
    readonly nest: INestApplication,
    readonly port: number,
  ) {}

  async send(asked: Asked = {}): Promise<Answer> {
    return send(this.port, asked);
  }

  /** The preflight of a request with this method, and with these headers if it names any. */
  async preflight(path: string, requestMethod: string, origin: string, requestHeaders?: string): Promise<Answer> {
    return send(this.port, { method: 'OPTIONS', path, requestMethod, origin, requestHeaders });
  }

  async close(): Promise<void> {
    await this.nest.close();
  }
}

const running = new Set<INestApplication>();

beforeEach(() => {
  log.clear();
  reached.length = 0;
});

afterAll(async () => {
  await Promise.all([...running].map(async (app) => app.close()));
});

/** Starts an application. It is closed when the tests of the file are over. Rejects where `listen()` does. */
export async function startApp(way: Way, root: Type | DynamicModule, setup: AppSetup = {}): Promise<RunningApp> {
  const app = await createApp(way, root, setup);
  await app.listen(0, '127.0.0.1');
  return new RunningApp(app, portOf(app));
}

/** Creates an application and configures it, up to but not including `init()`. */
export async function createApp(
  way: Way,
  root: Type | DynamicModule,
  { options, configure, override, adapter = adapterOf(way) }: AppSetup = {},
): Promise<INestApplication> {
  const all: NestApplicationOptions = { logger: log, abortOnError: false, forceCloseConnections: true, ...options };
  const app =
    way.creation === 'NestFactory.create'
      ? await NestFactory.create(root, adapter, all)
      : await createTestingApp(root, adapter, all, override);
  running.add(app);
  await configure?.(app);
  return app;
}

export function adapterOf(way: Way): AbstractHttpAdapter {
  return way.isExpress ? new ExpressAdapter() : new FastifyAdapter();
}

/** A root module that imports `CorsModule.forRoot()` with these options. */
export function rootModule(metadata: ModuleMetadata, cors: CorsModuleOptions = {}): Type {
  @Module({ ...metadata, imports: [CorsModule.forRoot(cors), ...(metadata.imports ?? [])] })
  class RootModule {}
  return RootModule;
}

/** Nest's own copy of Express. */
export function createExpress(): Express {
  const nest = createRequire(import.meta.resolve('@nestjs/platform-express'));
  return (nest('express') as () => Express)();
}

/** The Express application beneath Nest's. */
export function expressOf(app: INestApplication): Express {
  return app.getHttpAdapter().getInstance() as Express;
}

/** The Fastify instance beneath Nest's. */
export function fastifyOf(
  app: INestApplication,
): ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']> {
  return (app as NestFastifyApplication).getHttpAdapter().getInstance();
}

/** The port that the application's server listens on. */
export function portOf(app: INestApplication): number {
  const server = app.getHttpServer() as { address(): AddressInfo };
  return server.address().port;
}

async function createTestingApp(
  root: Type | DynamicModule,
  adapter: AbstractHttpAdapter,
  options: NestApplicationOptions,
  override: AppSetup['override'] = (builder) => builder,
): Promise<INestApplication> {
  const builder = Test.createTestingModule({ imports: [root] }).setLogger(log);
  const module = await override(builder).compile();
  return module.createNestApplication(adapter, options);
}
