import type { INestApplication, NestApplicationOptions, Type } from '@nestjs/common';
import { NestFactory as Original, type AbstractHttpAdapter } from '@nestjs/core';
import { adapterOf, portOf } from '../../support/running-app.js';
import { log } from '../../support/log-capture.js';
import { EXPRESS, type Way } from '../../support/ways.js';

/** What a program of a page started. */
export interface Started {
  readonly nest: INestApplication;
  readonly port: number;
}

/** On which platform a program runs that does not name one, and what it started. */
export const stage: { way: Way; started: Started | undefined } = { way: EXPRESS, started: undefined };

/** What programs of pages import as Nest's: on the platform of the test, without a log, on a port of its own. */
export const NestFactory = {
  async create(
    root: Type,
    adapterOrOptions?: AbstractHttpAdapter | NestApplicationOptions,
    options?: NestApplicationOptions,
  ): Promise<INestApplication> {
    const names = adapterOrOptions !== undefined && 'getHttpServer' in adapterOrOptions;
    const app = await Original.create(root, names ? adapterOrOptions : adapterOf(stage.way), {
      logger: log,
      abortOnError: false,
      forceCloseConnections: true,
      ...(names ? options : adapterOrOptions),
    });
    const listen = app.listen.bind(app) as (port: number, host: string) => Promise<unknown>;
    const own = async (): Promise<unknown> => {
      const server = await listen(0, '127.0.0.1');
      stage.started = { nest: app, port: portOf(app) };
      return server;
    };
    return new Proxy(app, {
      get: (target, key) => (key === 'listen' ? own : (Reflect.get(target, key, target) as unknown)),
    });
  },
};
