import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Put, type BeforeApplicationShutdown } from '@nestjs/common';

import { ACAM, ACAO, APP, PREFLIGHT_VARY } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { rootModule, startApp } from '../../support/running-app.js';
import { EVERY_WAY } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

@Controller('cats')
class CatsController {
  @Get(':id') read(): string {
    return reach('read');
  }

  @Put(':id') rename(): string {
    return reach('rename');
  }
}

/** Keeps the application closing until it is told to go on. */
@Injectable()
class Closing implements BeforeApplicationShutdown {
  begin: () => void = () => undefined;
  end: () => void = () => undefined;
  readonly begun = new Promise<void>((resolve) => (this.begin = resolve));
  readonly #ended = new Promise<void>((resolve) => (this.end = resolve));

  async beforeApplicationShutdown(): Promise<void> {
    this.begin();
    await this.#ended;
  }
}

describe.each(EVERY_WAY)('an application that closes, with return503OnClosing, on %s', (_, way) => {
  it('lets pages read its 503, and answers their preflights until the end', async () => {
    const root = rootModule({ controllers: [CatsController], providers: [Closing] }, { origin: APP });
    const app = await startApp(way, root, { options: { return503OnClosing: true } });
    const closing = app.nest.get(Closing);
    const closed = app.nest.close();
    await closing.begun;

    const answers = [
      await app.send({ path: '/cats/1', origin: APP }),
      await app.send({ path: '/nowhere', origin: APP }),
      await app.preflight('/cats/1', 'PUT', APP),
    ];
    closing.end();
    await closed;

    expect(answers.map(({ status, cors }) => [status, cors])).toEqual([
      [503, { vary: 'Origin', [ACAO]: APP }],
      [503, { vary: 'Origin', [ACAO]: APP }],
      [204, { vary: PREFLIGHT_VARY, [ACAO]: APP, [ACAM]: 'GET, HEAD, PUT' }],
    ]);
    expect([reached, log.complaints]).toEqual([[], []]);
  });
});

@Controller()
class HelloController {
  @Get('hello') hello(): string {
    return reach('hello');
  }

  @Get('cats') list(): string {
    return reach('list');
  }
}

/** Nest 12 mounts its 404 handler at each path that is excluded from the global prefix, for every method. */
describe.each(EVERY_WAY)('a path that is excluded from the global prefix, on %s', (_, way) => {
  it('serves only what its controller serves, and its 404 has the headers of forRoot’s policy', async () => {
    const app = await startApp(way, rootModule({ controllers: [HelloController] }, { origin: APP }), {
      configure: (created) => created.setGlobalPrefix('api', { exclude: ['hello'] }),
    });
    const seen = [];
    for (const path of ['/hello', '/api/cats']) {
      const served = await app.preflight(path, 'GET', APP);
      const unserved = await app.preflight(path, 'PUT', APP);
      const missed = await app.send({ method: 'PUT', path, origin: APP });
      seen.push([served.cors[ACAM], unserved.status, unserved.cors, missed.status, missed.cors]);
    }
    const expected = ['GET, HEAD', 403, { vary: PREFLIGHT_VARY }, 404, { vary: 'Origin', [ACAO]: APP }];
    expect(seen).toEqual([expected, expected]);
    expect([reached, log.complaints]).toEqual([[], []]);
  });
});
