import { NestFactory } from '@nestjs/core';
import type { INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import { CorsModule, type CorsModuleOptions } from '../../lib/index.js';
import { CorsInspectorModule } from '../../lib/inspector/index.js';
import { HEADERS, MAX_AGE, METHODS, ORIGINS, POLICY, THIRDS } from './policies.js';
import { ApiModule } from './resources.js';

export type PlatformName = 'express' | 'fastify';

/** What an application does about CORS. */
export type CorsWay = 'bare' | 'enableCors' | 'one policy' | 'three policies' | 'inspected';

/** An initialised application that listens nowhere. */
export async function startApp(
  platform: PlatformName,
  way: CorsWay,
  routes = 50,
  policy: CorsModuleOptions = POLICY,
): Promise<INestApplication> {
  const hasThree = way === 'three policies' || way === 'inspected';
  const modules = [
    ...(hasThree || way === 'one policy' ? [CorsModule.forRoot(policy)] : []),
    ...(way === 'inspected' ? [CorsInspectorModule.forRoot()] : []),
  ];
  const shape = { routes, policies: hasThree ? THIRDS : undefined };
  const app: INestApplication = await NestFactory.create(
    ApiModule.of(shape, modules),
    platform === 'express' ? new ExpressAdapter() : new FastifyAdapter(),
    { logger: ['error'] },
  );
  if (way === 'enableCors') {
    app.enableCors({
      origin: [...ORIGINS],
      credentials: true,
      methods: [...METHODS],
      allowedHeaders: [...HEADERS],
      maxAge: MAX_AGE,
    });
  }
  await app.init();
  const instance: unknown = app.getHttpAdapter().getInstance();
  if (platform === 'fastify') {
    await (instance as { ready(): Promise<unknown> }).ready();
  }
  return app;
}
