import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Options,
  Put,
  UnauthorizedException,
  UseGuards,
  Version,
  VersioningType,
  type INestApplication,
} from '@nestjs/common';
import cors from 'cors';
import { Cors, CorsConfigError } from 'nestjs-cors';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { ACAC, ACAM, ACAO, APP, OPTIONS_VARY, PREFLIGHT_VARY } from '../../cases/cors-case.js';
import { foreignAdapter, hooklessAdapter, silentAdapter } from '../../support/hookless-adapter.js';
import { log } from '../../support/log-capture.js';
import { createApp, rootModule, startApp, type AppSetup, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const OTHER = 'https://other.example';
const ROOT = 'https://root.example';
const READABLE = { [ACAO]: APP, vary: 'Origin' };
const BY_ROOT = { [ACAO]: ROOT, vary: 'Origin' };
const ANY_METHOD = 'GET, HEAD, PUT, PATCH, POST, DELETE';

const deny = {
  canActivate: () => {
    throw new UnauthorizedException();
  },
};

@Controller('cats')
@Cors({ origin: APP })
class CatsController {
  @Get() list(): string {
    return reach('list');
  }

  @Get('guarded') @UseGuards(deny) guarded(): string {
    return reach('guarded');
  }

  @Get('halted') halted(): string {
    return reach('halted');
  }

  @Put(':id') @Cors({ credentials: true }) update(): string {
    return reach('update');
  }

  @Put('closed') @Cors(false) closed(): string {
    return reach('closed');
  }
}

@Controller('own')
@Cors({ origin: APP, preflightContinue: true })
class OwnController {
  @Put() put(): string {
    return reach('put');
  }

  @Options() options(): string {
    return reach('options');
  }
}

const root = rootModule(
  { controllers: [CatsController, OwnController] },
  {
    origin: ROOT,
    enforce: true,
    paths: [
      { path: '/graphql', policy: { origin: OTHER } },
      { path: '/plain{/*rest}', untouched: true },
    ],
  },
);

/** Middleware that answers, or that leads a request elsewhere. */
const configure: AppSetup['configure'] = (nest) => {
  const answer = (text: string) => (_: IncomingMessage, response: ServerResponse) => void response.end(reach(text));
  nest.use('/cats/halted', answer('halted by middleware'));
  nest.use('/files', answer('files'));
};

describe.each(EVERY_WAY)('an unknown adapter with a request hook, on %s', (_, way) => {
  let app: RunningApp;
  const seen: unknown[] = [];
  beforeAll(async () => {
    const adapter = foreignAdapter(way);
    adapter.setOnRequestHook((request: { url: string }, _reply: unknown, done: () => void) => {
      seen.push(request.url);
      done();
    });
    app = await startApp(way, root, { adapter, configure });
  });

  it.each([
    ['a handler', '/cats', 200, APP, READABLE],
    ['a guard that says 401', '/cats/guarded', 401, APP, READABLE],
    ['a 404 where no controller serves the URL', '/none', 404, ROOT, BY_ROOT],
    ['a 403 there, under enforce', '/none', 403, APP, { vary: 'Origin' }],
    ['middleware there', '/files/a.txt', 200, ROOT, BY_ROOT],
    ['what an entry of paths leaves alone', '/plain/a', 404, ROOT, {}],
    // Whose answer this is cannot be known before the handler is entered.
    ['no 404 where a controller may serve the URL', '/cats/1', 404, ROOT, {}],
    ['no middleware there', '/cats/halted', 200, APP, {}],
  ])('answers carry the headers: %s', async (_what, path, status, origin, headers) => {
    const answer = await app.send({ path, origin });
    expect([answer.status, answer.cors]).toEqual([status, headers]);
  });

  it('forRoot’s enforced policy refuses before middleware where no controller serves the URL', async () => {
    const answer = await app.send({ method: 'POST', path: '/files/a.txt', origin: APP });
    expect([answer.status, answer.cors, reached]).toEqual([403, { vary: 'Origin' }, []]);
  });

  it.each([
    ['a handler', '/cats/1', APP, 204, { [ACAO]: APP, [ACAC]: 'true', [ACAM]: 'PUT', vary: PREFLIGHT_VARY }],
    ['a handler that only some routers prefer', '/cats/closed', APP, 403, { vary: PREFLIGHT_VARY }],
    ['a URL that no controller serves', '/none', ROOT, 204, { [ACAO]: ROOT, [ACAM]: ANY_METHOD, vary: PREFLIGHT_VARY }],
    ['one of paths', '/graphql', OTHER, 204, { [ACAO]: OTHER, [ACAM]: ANY_METHOD, vary: PREFLIGHT_VARY }],
    ['one of paths, for others', '/graphql', ROOT, 403, { vary: PREFLIGHT_VARY }],
    ['what paths leave alone', '/plain/a', ROOT, 404, {}],
  ])('preflights are answered before the router: %s', async (_what, path, origin, status, headers) => {
    const answer = await app.preflight(path, 'PUT', origin);
    expect([answer.status, answer.cors, reached]).toEqual([status, headers, []]);
  });

  it('the app’s own OPTIONS handler gets preflights under preflightContinue, and what is no preflight', async () => {
    const preflight = await app.preflight('/own', 'PUT', APP);
    expect([preflight.body, preflight.cors]).toEqual([
      'options',
      { [ACAO]: APP, [ACAM]: 'PUT, OPTIONS', vary: PREFLIGHT_VARY },
    ]);
    expect(await app.send({ method: 'OPTIONS', path: '/own', origin: APP })).toMatchObject({ body: 'options' });
    expect(await app.send({ method: 'OPTIONS', path: '/cats', origin: APP })).toMatchObject({
      status: 404,
      cors: { ...READABLE, vary: OPTIONS_VARY },
    });
  });

  it('a hook that was there before runs after this one', async () => {
    seen.length = 0;
    await app.send({ path: '/cats', origin: APP });
    await app.preflight('/cats/1', 'PUT', APP);
    expect(seen).toEqual(['/cats']);
    expect(log.ofCors('error')).toEqual([]);
  });

  it.each([
    ['with a hook', foreignAdapter],
    ['without one', hooklessAdapter],
  ])('enableCors() beside it is a mistake, on an adapter %s', async (_what, adapterOf) => {
    const other = await createApp(way, root, { adapter: adapterOf(way), configure: (nest) => nest.enableCors() });
    await expect(other.listen(0)).rejects.toThrow('duplicate-cors');
  });
});

describe.each(EVERY_WAY.filter(([, way]) => way.isExpress))('middleware on an unknown adapter, on %s', (_, way) => {
  it('that leads a request from a URL which no controller serves to a handler is noticed', async () => {
    const app = await startApp(way, rootModule({ controllers: [CatsController] }, { origin: ROOT }), {
      adapter: foreignAdapter(way),
      configure: (nest) =>
        nest.use((request: IncomingMessage, _response: ServerResponse, next: () => void) => {
          request.url = request.url?.replace('/alias', '/cats');
          next();
        }),
    });
    const headers = { 'x-needs': 'a preflight' };
    expect((await app.preflight('/alias/closed', 'PUT', ROOT, 'x-needs')).status).toBe(204);
    const answer = await app.send({ method: 'PUT', path: '/alias/1', origin: ROOT, headers });
    expect([answer.status, answer.cors, reached]).toEqual([403, { vary: 'Origin' }, []]);
    expect(await app.send({ path: '/alias', origin: ROOT })).toMatchObject({ status: 200, cors: { vary: 'Origin' } });
  });

  it('that answers for CORS at every URL is a mistake', async () => {
    const app = await createApp(way, root, {
      adapter: foreignAdapter(way),
      configure: (nest) => nest.use(cors()),
    });
    await expect(app.listen(0)).rejects.toThrow(CorsConfigError);
  });
});

@Controller()
@Cors({ origin: APP })
class OpenController {
  @Put('files/*path') file(): string {
    return reach('open');
  }

  @Put('cats/:id') @Version('1') cat(): string {
    return reach('open');
  }
}

@Controller()
@Cors(false)
class ClosedController {
  @Put('files') files(): string {
    return reach('closed');
  }

  @Put('cats/closed') cats(): string {
    return reach('closed');
  }
}

/** Which of them the router reaches is not known: with a wildcard, or a version, that some routers would read otherwise. */
describe.each(EVERY_WAY.filter(([, way]) => way.isExpress))(
  'two applications on one unknown adapter, on %s',
  (_, way) => {
    it.each([
      ['with a request hook', '/files', foreignAdapter],
      ['without one', '/cats/closed', silentAdapter],
    ])('a preflight has to be allowed by each that may serve it, %s', async (__, path, adapterOf) => {
      const adapter = adapterOf(way);
      const configure = (prefix: string, exclude: string[]) => (nest: INestApplication) =>
        nest.setGlobalPrefix(prefix, { exclude }).enableVersioning({ type: VersioningType.HEADER, header: 'v' });
      const open = rootModule({ controllers: [OpenController] }, { origin: APP });
      const closed = rootModule({ controllers: [ClosedController] }, { origin: APP });
      const first = await createApp(way, open, { adapter, configure: configure('one', ['files/*path', 'cats/:id']) });
      await first.init();
      const app = await startApp(way, closed, { adapter, configure: configure('two', ['files', 'cats/closed']) });
      expect((await app.preflight(path, 'PUT', APP)).cors).toEqual({ vary: PREFLIGHT_VARY });
      expect((await app.preflight('/files/a', 'PUT', APP)).cors[ACAO]).toBe(APP);
      expect(await app.send({ method: 'PUT', path: '/files', origin: APP })).toMatchObject({
        body: 'closed',
        cors: {},
      });
      expect(log.ofCors('error')).toEqual([]);
    });

    it('both know of a route of the app’s own, whenever it is registered', async () => {
      const adapter = foreignAdapter(way);
      const own = (path: string) => (nest: INestApplication) => nest.getHttpAdapter().put(path, () => undefined);
      const roots = ['one', 'two'].map((prefix) => {
        @Controller(prefix)
        @Cors({ origin: APP })
        class WildController {
          @Put('*path') rest(): string {
            return reach('open');
          }
        }
        return rootModule({ controllers: [WildController] }, { origin: ROOT });
      });
      const [one = Object, two = Object] = roots;
      const first = await createApp(way, one, { adapter, configure: own('/one/early') });
      await first.init();
      const app = await startApp(way, two, {
        adapter,
        configure: (nest) => ['/one/own', '/two/own'].forEach((path) => own(path)(nest)),
      });
      own('/one/late')(app.nest);
      for (const path of ['/one/early', '/one/own', '/one/late', '/two/own']) {
        expect([path, (await app.preflight(path, 'PUT', APP)).cors]).toEqual([path, { vary: PREFLIGHT_VARY }]);
      }
      expect((await app.preflight('/one/other', 'PUT', APP)).cors[ACAO]).toBe(APP);
      expect((await app.preflight('/two/other', 'PUT', APP)).cors[ACAO]).toBe(APP);
    });

    it('one that is closed goes on deciding about its routes, which the router may still reach', async () => {
      const adapter = foreignAdapter(way);
      const closed = await createApp(way, rootModule({ controllers: [ClosedController] }), {
        adapter,
        configure: (nest) => nest.setGlobalPrefix('one'),
      });
      await closed.init();
      await closed.close();
      const app = await startApp(way, rootModule({ controllers: [OpenController] }, { origin: APP }), { adapter });
      expect((await app.preflight('/one/files', 'PUT', APP)).cors).toEqual({ vary: PREFLIGHT_VARY });
      expect((await app.preflight('/files/a', 'PUT', APP)).cors[ACAO]).toBe(APP);
      const answer = await app.send({ method: 'PUT', path: '/one/files', origin: APP });
      expect([answer.body, answer.cors]).toEqual(['closed', {}]);
    });
  },
);
