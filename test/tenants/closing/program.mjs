/**
 * An application with a store and a bus, run as a process of its own: it answers two requests, closes, and has nothing left to do.
 * Nothing ends the process. `node program.mjs express|fastify none|in-process|silent|stuck|ioredis|node-redis|pg [url]`
 */
import 'reflect-metadata';
import http from 'node:http';
import { once } from 'node:events';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Cors, CorsModule, CorsOriginStore } from 'nestjs-cors';

const [, , platform, kind, url] = process.argv;
const ORIGIN = 'https://page.acme.example';

class TenantOrigins extends CorsOriginStore {
  keyOf({ params }) {
    return params.tenant;
  }

  // Of one tenant nothing comes: the application closes while it is waited for.
  async load(tenant) {
    return tenant === 'slow' ? new Promise(() => undefined) : [ORIGIN];
  }
}

class PagesController {
  read() {
    return 'page';
  }
}
Get()(PagesController.prototype, 'read', Object.getOwnPropertyDescriptor(PagesController.prototype, 'read'));
Cors({ origin: { resolver: TenantOrigins }, originTimeout: 60_000 })(PagesController);
Controller('pages/:tenant')(PagesController);

/** The bus, and what the application's owner closes after it. */
const OPEN = {
  none: async () => ({ bus: undefined, close: async () => undefined }),
  'in-process': async () => {
    const listeners = new Set();
    const publish = async (message) => listeners.forEach((listener) => listener(message));
    const subscribe = async (listener) => {
      listeners.add(listener);
      return async () => void listeners.delete(listener);
    };
    return {
      bus: { publish, subscribe },
      close: async () => {
        if (listeners.size > 0) {
          throw new Error('the application is still subscribed');
        }
      },
    };
  },
  silent: async () => ({
    bus: { publish: () => new Promise(() => undefined), subscribe: () => new Promise(() => undefined) },
    close: async () => undefined,
  }),
  stuck: async () => ({
    bus: { publish: async () => undefined, subscribe: async () => async () => new Promise(() => undefined) },
    close: async () => undefined,
  }),
  ioredis: async () => {
    const [{ Redis }, { RedisCorsBus }] = [await import('ioredis'), await import('nestjs-cors/redis')];
    const publisher = new Redis(url);
    const subscriber = publisher.duplicate();
    const close = async () => Promise.all([publisher.quit(), subscriber.quit()]);
    return { bus: new RedisCorsBus({ publisher, subscriber }), close };
  },
  'node-redis': async () => {
    const [{ createClient }, { RedisCorsBus }] = [await import('redis'), await import('nestjs-cors/redis')];
    const publisher = await createClient({ url }).connect();
    const subscriber = await publisher.duplicate().connect();
    const close = async () => Promise.all([publisher.close(), subscriber.close()]);
    return { bus: new RedisCorsBus({ publisher, subscriber }), close };
  },
  pg: async () => {
    const [{ default: pg }, { PostgresCorsBus }] = [await import('pg'), await import('nestjs-cors/postgres')];
    const pool = new pg.Pool({ connectionString: url, keepAlive: true });
    return { bus: new PostgresCorsBus({ pool }), close: async () => pool.end() };
  },
};

const { bus, close } = await OPEN[kind]();
class AppModule {}
Module({
  imports: [CorsModule.forRoot({ bus })],
  controllers: [PagesController],
  providers: [TenantOrigins],
})(AppModule);
const adapter = platform === 'fastify' ? new FastifyAdapter({ forceCloseConnections: true }) : new ExpressAdapter();
const app = await NestFactory.create(AppModule, adapter, { logger: ['error', 'warn'], forceCloseConnections: true });
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address();

const ask = (tenant) =>
  http.request({ host: '127.0.0.1', port, path: `/pages/${tenant}`, headers: { Origin: ORIGIN }, agent: false }).end();
const [answer] = await once(ask('acme'), 'response');
answer.resume();
await once(answer, 'end');
console.log(answer.statusCode, answer.headers['access-control-allow-origin']);
const told = app.get(TenantOrigins).changed('acme');
const waiting = ask('slow');
waiting.on('error', () => undefined);
await once(app.getHttpServer(), 'connection');
await app.close();
await told;
await close();
console.log('closed');
