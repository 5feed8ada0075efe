import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../../01-quick-start/src/app.module.js';

// The URLs end with a slash. Express takes them as they come, Fastify has to be told.
const adapter = new FastifyAdapter({ routerOptions: { ignoreTrailingSlash: true } });

export const app = await NestFactory.create<NestFastifyApplication>(AppModule, adapter);
app.useBodyParser('application/xml', {}, (_request, body, done) => done(null, body.toString()));
await app.listen(process.env['API_PORT'] ?? 3000, 'localhost');
