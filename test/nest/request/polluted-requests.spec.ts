import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';

import { ACAO, APP, PREFLIGHT_VARY } from '../../cases/cors-case.js';
import { rootModule, startApp, expressOf, fastifyOf, type RunningApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const EVIL = 'https://evil.example';

@Controller('cats')
class CatsController {
  @Get() list(): string {
    return 'list';
  }
}

const root = rootModule(
  { controllers: [CatsController] },
  {
    origin: APP,
    enforce: true,
    allowedHeaders: ['X-A'],
    paths: [{ path: '/closed', policy: false }],
  },
);

/** As a vulnerable merge leaves it behind while requests run: with what JSON can hold. */
function pollute(key: string, json: string): void {
  const value: unknown = JSON.parse(json);
  // eslint-disable-next-line no-extend-native -- the pollution is the point
  Object.defineProperty(Object.prototype, key, { value, configurable: true, writable: true, enumerable: false });
}

describe.each(BOTH_PLATFORMS)('a key on Object.prototype while requests run, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, root, {
      configure: (nest) => {
        if (way.isExpress) {
          for (const path of ['/closed', '/foreign']) {
            expressOf(nest).put(path, (_request, response) => void response.end(reach(path)));
          }
        } else {
          for (const path of ['/closed', '/foreign']) {
            fastifyOf(nest).put(path, async () => Promise.resolve(reach(path)));
          }
        }
      },
    });
  });

  afterEach(() => {
    for (const key of ['claims', 'versionHeader']) {
      Reflect.deleteProperty(Object.prototype, key);
    }
  });

  it.each(['[]', '[null]', '[{"value":{}}]'])('settles no entry of paths: claims %s', async (json) => {
    pollute('claims', json);
    const { status, cors } = await app.send({ method: 'PUT', path: '/closed', origin: EVIL });
    expect([status, cors, reached]).toEqual([403, { vary: 'Origin' }, []]);
  });

  it('adds no name to those that a preflight may ask for', async () => {
    pollute('versionHeader', '"x-evil"');
    const refused = await app.preflight('/foreign', 'PUT', APP, 'x-evil');
    expect([refused.status, refused.cors]).toEqual([403, { vary: PREFLIGHT_VARY }]);
    expect((await app.preflight('/foreign', 'PUT', APP, 'x-a')).cors).toMatchObject({ [ACAO]: APP });
  });
});
