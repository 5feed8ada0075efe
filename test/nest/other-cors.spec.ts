import { describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import fastifyCors from '@fastify/cors';
import { Test } from '@nestjs/testing';
import cors from 'cors';
import { CorsConfigError, type CorsModuleOptions } from 'nestjs-cors';

import { APP } from '../cases/cors-case.js';
import { log } from '../support/log-capture.js';
import { adapterOf, createApp, expressOf, fastifyOf, rootModule, type AppSetup } from '../support/running-app.js';
import { BOTH_PLATFORMS, EVERY_WAY, EXPRESS, type Way } from '../support/ways.js';

@Controller()
class CatsController {
  @Get('cats/:id') read(): string {
    return 'read';
  }

  @Get('shared/:any/:thing') share(): string {
    return 'share';
  }
}

/** The sentences of the mistakes, or none if the application starts. */
async function sentences(way: Way, setup: AppSetup, options: CorsModuleOptions = {}): Promise<readonly string[]> {
  const app = await createApp(way, rootModule({ controllers: [CatsController] }, { origin: APP, ...options }), setup);
  try {
    await app.listen(0, '127.0.0.1');
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(CorsConfigError);
    return (error as CorsConfigError).message.split('\n').slice(2);
  }
}

function sentence(what: string, cure: string): readonly string[] {
  return [`    ${what}, and two sources contradict each other; ${cure}   [duplicate-cors]`];
}

describe.each(EVERY_WAY)('something else that answers for CORS, on %s', (_, way) => {
  it('is enableCors(), with the line that calls it', async () => {
    const [found = ''] = await sentences(way, { configure: (app) => app.enableCors({ origin: '*' }) });
    expect(found.replace(/spec\.ts:\d+/, 'spec.ts:LINE')).toBe(
      sentence('app.enableCors() is called as well, at test/nest/other-cors.spec.ts:LINE', 'remove the call').join(),
    );
  });

  it('is the option cors', async () => {
    const cure = 'remove it from NestFactory.create(AppModule, { cors })';
    expect(await sentences(way, { options: { cors: true } })).toEqual(
      sentence('the application is created with the option cors as well', cure),
    );
  });

  it('is middleware for every URL, or the plugin', async () => {
    const configure = (app: INestApplication): unknown =>
      way.isExpress ? app.use(cors()) : fastifyOf(app).register(fastifyCors);
    const middleware = sentence('app.use(cors()) is active as well, for every URL', 'remove it');
    const plugin = sentence('the plugin @fastify/cors is registered as well', 'remove the registration');
    expect(await sentences(way, { configure })).toEqual(way.isExpress ? middleware : plugin);
  });
});

describe.each(BOTH_PLATFORMS)('a second application of one testing module, on %s', (_, way) => {
  it('has an adapter that nobody has watched: which of them it is cannot be told', async () => {
    const root = rootModule({ controllers: [CatsController] }, { origin: APP });
    const module = await Test.createTestingModule({ imports: [root] })
      .setLogger(log)
      .compile();
    module.createNestApplication(adapterOf(way), { logger: log });
    const app = module.createNestApplication(adapterOf(way), { logger: log });
    app.enableCors();
    const started = way.isExpress ? app.init() : app.listen(0, '127.0.0.1');
    await expect(started).rejects.toThrow(
      sentence('enableCors(), { cors }, cors() as middleware or @fastify/cors is active as well', 'remove it').join(),
    );
    await app.close();
  });
});

describe('middleware at a path, on Express', () => {
  const use = (path: string | string[]): AppSetup => ({ configure: (app) => expressOf(app).use(path, cors()) });

  it.each(['/cats', '/CATS/', '/shared/x'])('%s is a mistake where routes are served', async (path) => {
    expect(await sentences(EXPRESS, use(path))).toEqual(
      sentence(`app.use('${path}', cors()) is active as well`, 'remove it, and use @Cors on these routes').map((line) =>
        line.replace('each other;', 'each other for the routes there;'),
      ),
    );
  });

  it('is a warning where none is', async () => {
    expect(await sentences(EXPRESS, use(['/legacy/', '/cat']))).toEqual([]);
    expect(log.ofCors('warn')).toEqual(
      ['/legacy', '/cat'].map(
        (path) =>
          `app.use('${path}', cors()) sets CORS headers at ${path}, where no controller serves anything: add ` +
          `{ path: '${path}{/*rest}', untouched: true } to paths, so that they stay and preflights reach it, or remove it`,
      ),
    );
  });

  it('is nothing where an entry of paths leaves it alone', async () => {
    const paths = [{ path: '/legacy{/*rest}', untouched: true }] as const;
    expect(await sentences(EXPRESS, use('/legacy'), { paths })).toEqual([]);
    expect(log.complaints).toEqual([]);
  });
});
