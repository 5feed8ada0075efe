import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  All,
  Controller,
  Get,
  Head,
  Next,
  Post,
  Put,
  Version,
  VersioningType,
  type INestApplication,
} from '@nestjs/common';
import { Cors } from 'nestjs-cors';

import { ACAM, ACAO, APP, PREFLIGHT_VARY } from '../../cases/cors-case.js';
import { hooklessAdapter, orderlessAdapter, silentAdapter } from '../../support/hookless-adapter.js';
import { log } from '../../support/log-capture.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY, EXPRESS, type Way } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const REFUSED = [403, { vary: PREFLIGHT_VARY }];
const CLOSED = 'closed';
const OTHER = 'https://other.example';

function allowed(methods: string): unknown {
  return [204, { [ACAO]: APP, [ACAM]: methods, vary: PREFLIGHT_VARY }];
}

/** The less specific pattern first: the two orders lead to different handlers. */
@Controller('cats')
@Cors({ origin: APP })
class CatsController {
  @Put(':id') update(): string {
    return reach('open');
  }

  @Put('closed') @Cors(false) closed(): string {
    return reach(CLOSED);
  }
}

/** The same, with the policies exchanged. */
@Controller('dogs')
@Cors({ origin: APP })
class DogsController {
  @Put(':id') @Cors(false) update(): string {
    return reach(CLOSED);
  }

  @Put('open') open(): string {
    return reach('open');
  }
}

/** The more specific pattern first: both orders lead to the same handler. */
@Controller('birds')
@Cors({ origin: APP })
class BirdsController {
  @Put('closed') @Cors(false) closed(): string {
    return reach(CLOSED);
  }

  @Put(':id') update(): string {
    return reach('open');
  }

  @Put(':id/:toy') @Cors(false) toy(): string {
    return reach(CLOSED);
  }
}

@Controller('mixed')
@Cors({ origin: APP })
class MixedController {
  @All('closed') @Cors(false) every(): string {
    return reach(CLOSED);
  }

  @Put(':id') update(): string {
    return reach('open');
  }

  @Get('read') read(): string {
    return reach('open');
  }

  @Head(':id') @Cors(false) head(): string {
    return reach(CLOSED);
  }
}

@Controller('limited')
@Cors({ origin: APP })
class LimitedController {
  @Put(':id') update(): string {
    return reach('open');
  }

  @Post(':id') @Cors(false) post(): string {
    return reach(CLOSED);
  }
}

const controllers = [CatsController, DogsController, BirdsController, MixedController, LimitedController];
const LONG = 'x'.repeat(101);

async function answerTo(app: RunningApp, path: string, method = 'PUT'): Promise<unknown> {
  const { status, cors } = await app.preflight(path, method, APP);
  return [status, cors];
}

async function handlerOf(app: RunningApp, path: string, method = 'PUT'): Promise<string | undefined> {
  reached.length = 0;
  await app.send({ method, path });
  return reached[0];
}

describe.each(EVERY_WAY)('without a request hook, on %s', (_, way) => {
  const start = async (adapter: (way: Way) => ReturnType<typeof hooklessAdapter>): Promise<RunningApp> =>
    startApp(way, rootModule({ controllers }), { adapter: adapter(way) });

  let silent: Promise<RunningApp>;
  beforeAll(async () => {
    silent = start(silentAdapter);
    await silent;
  });

  it('a preflight has the policy of the handler that the router prefers', async () => {
    const app = await start(hooklessAdapter);
    for (const path of [
      '/cats/closed',
      '/cats/1',
      '/dogs/open',
      '/dogs/1',
      '/birds/closed',
      '/birds/1',
      '/birds/1/2',
    ]) {
      const handler = await handlerOf(app, path);
      expect([path, await answerTo(app, path)]).toEqual([path, handler === 'open' ? allowed('PUT') : REFUSED]);
    }
    expect(await handlerOf(app, '/cats/closed')).toBe(way.isExpress ? 'open' : CLOSED);
    expect(log.ofCors('error')).toEqual([]);
  });

  it.each([
    ['says nothing of its router', silentAdapter],
    ['says only that Nest need not sort the routes', orderlessAdapter],
  ])('an adapter that %s has what both orders agree on, and refuses the rest', async (_said, adapter) => {
    const app = await start(adapter);
    for (const path of ['/cats/closed', '/dogs/open', '/dogs/1', '/birds/closed', '/birds/1/2']) {
      expect([path, await answerTo(app, path)]).toEqual([path, REFUSED]);
    }
    for (const path of ['/cats/1', '/birds/1', '/limited/1', '/cats/1?a=/closed']) {
      expect([path, await answerTo(app, path)]).toEqual([path, allowed('PUT')]);
    }
  });

  it.each([
    ['letter case', '/birds/CLOSED'],
    ['a slash at the end', '/birds/closed/'],
    ['an empty parameter', '/birds/1/'],
    ['an escape', '/birds/%63losed'],
    ['an escape within an escape', '/birds/%2563losed'],
    ['an escaped slash', '/birds/1%2f2'],
    ['double slashes', '/birds//closed'],
    ['a dot segment', '/birds/x/../closed'],
    ['a semicolon', '/birds/closed;x'],
    ['a fragment', '/birds/closed#/x'],
    ['an absolute target', 'http://localhost/birds/closed'],
  ])('where some router may read a closed handler in a URL, no preflight passes: %s', async (_what, path) => {
    // Where the router finds no path for OPTIONS either, its 404 answers.
    expect([REFUSED, [404, {}]]).toContainEqual(await answerTo(await silent, path));
  });

  it.each([['/birds/caf%C3%A9'], ['/birds/a%20b'], ['/birds/a@b'], ['/birds/a.b']])(
    'other unusual URLs are those of their only handler: %s',
    async (path) => {
      expect(await answerTo(await silent, path)).toEqual(allowed('PUT'));
    },
  );

  it('a handler for every method, and one for HEAD beside one for GET, are possible wherever they match', async () => {
    const app = await silent;
    expect(await answerTo(app, '/mixed/closed')).toEqual(REFUSED);
    expect(await answerTo(app, '/mixed/1')).toEqual(allowed('PUT'));
    expect(await answerTo(app, '/mixed/read', 'GET')).toEqual(allowed('GET, PUT'));
    expect(await answerTo(app, '/mixed/read', 'HEAD')).toEqual(REFUSED);
  });

  it('a parameter that may be too long for its route does not hide the routes after it', async () => {
    @Controller('long')
    @Cors({ origin: APP })
    class LongController {
      @Put(':id') update(): string {
        return reach('open');
      }

      @Put(way.isExpress ? '*path' : '*') @Cors(false) rest(): string {
        return reach(CLOSED);
      }
    }
    const app = await startApp(way, rootModule({ controllers: [LongController] }), { adapter: silentAdapter(way) });
    expect(await answerTo(app, `/long/${LONG.slice(1)}`)).toEqual(allowed('PUT'));
    expect(await answerTo(app, `/long/${LONG}`)).toEqual(REFUSED);
    expect(await answerTo(app, '/long/1/2')).toEqual(REFUSED);
  });
});

// Fastify has no `next`, and takes one handler for each pattern.
describe.each(EVERY_WAY.filter(([, way]) => way.isExpress))('without a request hook, on %s', (_, way) => {
  it('a handler to which another one has passed the request on answers by its own policy', async () => {
    @Controller('passed')
    @Cors({ origin: APP })
    class PassingController {
      @Get('closed') passing(@Next() next: () => void): void {
        reach('open');
        next();
      }

      @Get('closed') @Cors(false) closed(): string {
        return reach(CLOSED);
      }
    }
    const app = await startApp(way, rootModule({ controllers: [PassingController] }), {
      adapter: hooklessAdapter(way),
    });
    const answer = await app.send({ path: '/passed/closed', origin: APP });
    expect([answer.body, answer.cors, reached]).toEqual([CLOSED, {}, ['open', CLOSED]]);
  });
});

describe.each(EVERY_WAY)('a route that no controller registers, without a request hook, on %s', (_, way) => {
  @Controller()
  @Cors({ origin: APP })
  class WildController {
    @Put(way.isExpress ? '*path' : '*') rest(): string {
      return reach('open');
    }
  }
  const root = rootModule({ controllers: [WildController] }, { origin: OTHER });
  const own = (nest: INestApplication): unknown =>
    nest.getHttpAdapter().put('/own/:id', (_request: unknown, reply: { send(body: string): unknown }) => {
      reply.send(reach('own'));
    });

  it.each([
    ['that tells its order', hooklessAdapter],
    ['that says nothing', silentAdapter],
  ])('has forRoot’s policy, whatever wildcard a controller has, on an adapter %s', async (_said, adapterOf) => {
    const app = await startApp(way, root, { adapter: adapterOf(way), configure: own });
    expect(await handlerOf(app, '/own/1')).toBe('own');
    expect(await answerTo(app, '/own/1')).toEqual(REFUSED);
    expect((await app.preflight('/own/1', 'PUT', OTHER)).cors[ACAO]).toBe(OTHER);
    expect(await answerTo(app, '/other/1')).toEqual(allowed('PUT'));
  });
});

describe.each(EVERY_WAY.filter(([, way]) => !way.isExpress))('without a request hook, on %s', (_, way) => {
  it('a handler without a version does not hide a later one of the same pattern that has one', async () => {
    @Controller('versions')
    @Cors({ origin: APP })
    class VersionedController {
      @All('one') every(): string {
        return reach('open');
      }

      @Put('one') @Version('1') @Cors(false) one(): string {
        return reach(CLOSED);
      }
    }
    const app = await startApp(way, rootModule({ controllers: [VersionedController] }), {
      adapter: hooklessAdapter(way),
      configure: (nest) => nest.enableVersioning({ type: VersioningType.HEADER, header: 'v' }),
    });
    const { body } = await app.send({ method: 'PUT', path: '/versions/one', headers: { v: '1' } });
    expect([body, await answerTo(app, '/versions/one')]).toEqual([CLOSED, REFUSED]);
  });
});

describe('a route that is registered after the start, on Express', () => {
  it('is one that a preflight may be about', async () => {
    const app = await startApp(EXPRESS, rootModule({ controllers: [CatsController] }, { origin: OTHER }), {
      adapter: silentAdapter(EXPRESS),
    });
    expect(await answerTo(app, '/cats/1')).toEqual(allowed('PUT'));
    app.nest.getHttpAdapter().put('/cats/1', () => undefined);
    expect(await answerTo(app, '/cats/1')).toEqual(REFUSED);
    expect(await answerTo(app, '/cats/2')).toEqual(allowed('PUT'));
  });
});

describe('a route of the app’s own whose pattern is not a text, on Express', () => {
  it.each([
    ['a RegExp', /^\/cats\/own/],
    ['a list', ['/cats/own', '/dogs/own']],
  ])('may be one that any preflight is about: %s', async (_what, pattern) => {
    const app = await startApp(EXPRESS, rootModule({ controllers: [CatsController] }, { origin: OTHER }), {
      adapter: hooklessAdapter(EXPRESS),
      configure: (nest) =>
        nest.getHttpAdapter().put(pattern as never, (_request: unknown, reply: { send(body: string): unknown }) => {
          reply.send(reach('own'));
        }),
    });
    expect(await handlerOf(app, '/cats/own')).toBe('own');
    expect(await answerTo(app, '/cats/own')).toEqual(REFUSED);
  });
});

describe('a route of the app’s own in front of middleware, on an adapter like NodeAdapter', () => {
  /** Each middleware begins another table, and tables are tried in turn, as Express tries its routes. */
  const layered = (): ReturnType<typeof hooklessAdapter> =>
    Object.assign(orderlessAdapter(EXPRESS), { getType: () => 'node' });

  it('may be one that a preflight is about where the pattern of a controller is more specific', async () => {
    const app = await startApp(EXPRESS, rootModule({ controllers: [DogsController] }, { origin: OTHER }), {
      adapter: layered(),
      configure: (nest) =>
        nest.getHttpAdapter().put('/dogs/:id', (_request: unknown, reply: { send(body: string): unknown }) => {
          reply.send(reach('own'));
        }),
    });
    expect(await handlerOf(app, '/dogs/open')).toBe('own');
    expect(await answerTo(app, '/dogs/open')).toEqual(REFUSED);
  });
});
