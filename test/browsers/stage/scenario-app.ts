import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type INestApplication, Module, type Type, VersioningType } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { CorsModule } from 'nestjs-cors';
import { policies } from '../scenarios/policies.js';
import type { Journal } from './journal.js';
import { ORIGINS_OF_PAGES, PageOrigins, type OriginsOfPages } from './page-origins.js';
import { policyController } from './policy.controller.js';
import { socketGateways, socketPaths, takeUpgrades } from './sockets.js';
import { specialControllers } from './special.controllers.js';
import { VisitController } from './visit.controller.js';

export const PLATFORMS = ['Express', 'Fastify'] as const;

export type Platform = (typeof PLATFORMS)[number];

/** Bodies that are taken as they are. */
const RAW_TYPES = ['multipart/form-data', 'application/octet-stream', 'image/png'];

/** One app with every policy, listening on a free port of loopback. */
export async function startScenarioApp(
  platform: Platform,
  at: OriginsOfPages,
  { journal, debug }: { readonly journal: Journal; readonly debug: boolean },
): Promise<{ readonly app: INestApplication; readonly port: number }> {
  const app = await (platform === 'Express' ? onExpress : onFastify)(appModule(at, debug));
  app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Api-Version' });
  const server: Server = app.getHttpServer();
  takeUpgrades(server);
  await app.listen(0, '127.0.0.1');
  // In front of everything, once everything stands.
  journal.watch(server);
  return { app, port: (server.address() as AddressInfo).port };
}

function appModule(at: OriginsOfPages, debug: boolean): Type<object> {
  const written = Object.entries(policies).map(([name, { write }]) => policyController(name, write(at)));

  @Module({
    imports: [
      CorsModule.forRoot({
        debug,
        paths: [{ path: '/files{/*rest}', policy: { origin: at.app, credentials: true } }, ...socketPaths(at)],
      }),
    ],
    controllers: [VisitController, ...written, ...specialControllers(at)],
    providers: [...socketGateways(at), PageOrigins, { provide: ORIGINS_OF_PAGES, useValue: at }],
  })
  class ScenarioModule {}
  return ScenarioModule;
}

async function onExpress(module: Type<object>): Promise<INestApplication> {
  const app = await NestFactory.create<NestExpressApplication>(module, { logger: false });
  return app.useBodyParser('raw', { type: RAW_TYPES, limit: '10mb' }).useBodyParser('text', { type: 'text/plain' });
}

async function onFastify(module: Type<object>): Promise<INestApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: false });
  return app.useBodyParser(RAW_TYPES, { bodyLimit: 10_000_000 }, (_request, body, done) => done(null, body));
}
