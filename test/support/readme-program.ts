import { jest } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { log } from './log-capture.js';
import { adapterOf } from './running-app.js';
import type { Way } from './ways.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export const README = await readFile(`${ROOT}README.md`, 'utf8');

export interface ReadmeProgram {
  readonly app: INestApplication;
  /** The port that it asked for; it got one that was free. */
  readonly port: unknown;
  close(): Promise<void>;
}

/** Runs the first program of the README as it stands there. It names neither a platform nor a free port, and keeps its application to itself. */
export async function startReadmeProgram(way: Way): Promise<ReadmeProgram> {
  const adapter = adapterOf(way);
  const listen = adapter.listen.bind(adapter) as (port: number, ...rest: unknown[]) => unknown;
  let asked: unknown;
  adapter.listen = (port: unknown, ...rest: unknown[]) => {
    asked = port;
    return listen(0, ...rest);
  };
  const apps: INestApplication[] = [];
  const create = NestFactory.create.bind(NestFactory);
  const spy = jest.spyOn(NestFactory, 'create').mockImplementation(async (module: Parameters<typeof create>[0]) => {
    const app = await create(module, adapter, { logger: log, forceCloseConnections: true });
    apps.push(app);
    return app;
  });

  const [, program = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(README) ?? [];
  await mkdir(`${ROOT}reports`, { recursive: true });
  const folder = await mkdtemp(`${ROOT}reports/readme-`);
  try {
    await writeFile(`${folder}/program.ts`, program);
    await import(`${folder}/program.ts`);
  } finally {
    spy.mockRestore();
    await rm(folder, { recursive: true });
  }
  const [app] = apps;
  if (app === undefined) {
    throw new Error('The program of the README created no application.');
  }
  return { app, port: asked, close: async () => app.close() };
}
