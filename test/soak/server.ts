/** The soaked process: an application on the platform and of the module that its arguments name, which tells its parent how it is. */
import { VersioningType, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { CorsService } from 'nestjs-cors';
import { setTimeout as after } from 'node:timers/promises';
import type { AddressInfo, Server } from 'node:net';
import { SocketIoModule, useWs, WsModule } from './gateways.module.js';
import { corsOptions, SoakedModule } from './soaked.module.js';
import { InspectedModule, ShopsModule } from './strangers.module.js';

/** What the parent asks for, and is answered once it is done. */
export type Command = 'measure' | 'update' | 'close';

export interface Condition {
  readonly port: number;
  /** After a full collection, in bytes. */
  readonly heap: number;
  readonly resident: number;
  /** Unhandled rejections, and warnings (of too many listeners, say). */
  readonly faults: readonly string[];
  /** What keeps the process alive besides the channel to its parent. */
  readonly handles: readonly string[];
}

const faults: string[] = [];
process.on('unhandledRejection', (reason) => faults.push(`unhandled rejection: ${String(reason)}`));
process.on('warning', (warning) => faults.push(String(warning)));

const MODULES: Readonly<Record<string, Type>> = {
  requests: SoakedModule,
  refusals: InspectedModule,
  shops: ShopsModule,
  ws: WsModule,
  'socket.io': SocketIoModule,
};

async function createApp(platform: string | undefined, module: Type): Promise<INestApplication> {
  // Every crash of a handler is logged: not a million times.
  const options = { logger: false, abortOnError: false } as const;
  return platform === 'express'
    ? NestFactory.create(module, new ExpressAdapter(), options)
    : NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), options);
}

const [, , platform, name = 'requests'] = process.argv;
const app = await createApp(platform, MODULES[name] ?? SoakedModule);
if (name === 'ws') {
  useWs(app);
}
app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' });
await app.listen(0, '127.0.0.1');
const { port } = (app.getHttpServer() as Server).address() as AddressInfo;

/** Collects until it no longer helps: what is only reachable weakly takes more than one turn. */
async function collect(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) {
    await after(20);
    globalThis.gc?.();
  }
}

async function obey(command: Command): Promise<void> {
  if (command === 'close') {
    await app.close();
  }
  if (command === 'update') {
    await app.get(CorsService).update(corsOptions());
  }
  if (command === 'measure' || command === 'close') {
    await collect();
  }
}

function condition(): Condition {
  const { heapUsed, rss } = process.memoryUsage();
  // Pipes are the channel and the standard streams.
  const handles = process.getActiveResourcesInfo().filter((name) => !/^(?:Pipe|TTY|Fs|Immediate)/.test(name));
  return { port, heap: heapUsed, resident: rss, faults, handles };
}

process.on('message', (command: Command) => {
  obey(command).then(
    () => process.send?.(condition()),
    (error: unknown) => {
      faults.push(String(error));
      process.send?.(condition());
    },
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.(condition());
