import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, ForbiddenException, Get, Options, Put, Res } from '@nestjs/common';
import { Cors } from 'nestjs-cors';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import { FORBIDDEN } from '../../../lib/nest/request/refusal.js';
import { ACAO, APP, PREFLIGHT_VARY } from '../../cases/cors-case.js';
import { boom, thrower, trapped, turn } from '../../cases/hostile-values.js';
import type { Answer, Asked } from '../../support/http-client.js';
import { hooklessAdapter } from '../../support/hookless-adapter.js';
import { log } from '../../support/log-capture.js';
import { expressOf, rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS, EXPRESS } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const OTHER = 'https://other.example';
const WITHHELD = { vary: 'Origin' };

/** Node's response of the request under way, as whatever stands in front of the app has it. */
let response: ServerResponse;
/** What happens while the function is asked. */
let meanwhile: () => unknown = () => undefined;
let prepare: (response: ServerResponse) => unknown = () => undefined;

const asks = async (): Promise<boolean> => {
  await meanwhile();
  return false;
};

class Verbs {
  @Get() get(): string {
    return reach('get');
  }

  @Put() put(): string {
    return reach('put');
  }

  @Options() options(): string {
    return reach('options');
  }
}

@Controller('asking')
@Cors({ origin: asks, enforce: true })
class Asking extends Verbs {}

@Controller('named')
@Cors({ origin: APP, enforce: true })
class Named extends Verbs {}

@Controller('public')
@Cors({ origin: '*' })
class Public extends Verbs {}

@Controller('closed')
@Cors(false)
class Closed extends Verbs {}

const root = rootModule({ controllers: [Asking, Named, Public, Closed] });

/** What others do to a response while somebody is asked: a timeout, a client that hangs up, a proxy that lost patience. */
const MEANWHILE: readonly (readonly [title: string, act: () => unknown, status: number | undefined])[] = [
  ['the response is sent', () => response.writeHead(503).end(), 503],
  ['the head is sent, and the rest is to come', () => response.writeHead(503).flushHeaders(), undefined],
  ['the client goes', () => response.destroy(), undefined],
  ['the connection breaks', () => response.socket?.destroy(), undefined],
];

const PATCHES: readonly (readonly [title: string, patch: (response: ServerResponse) => unknown])[] = [
  ['writeHead', (patched) => Object.assign(patched, { writeHead: boom })],
  ['end', (patched) => Object.assign(patched, { end: boom })],
  ['getHeaderNames, and end', (patched) => Object.assign(patched, { getHeaderNames: boom, end: boom })],
];

function watchResponses(app: RunningApp): RunningApp {
  (app.nest.getHttpServer() as Server).prependListener('request', (_: IncomingMessage, current: ServerResponse) => {
    response = current;
    prepare(current);
  });
  return app;
}

/** The status of the answer; undefined where the connection ended without one. Nothing is left over when it is known. */
async function statusOf(app: RunningApp, asked: Asked): Promise<number | undefined> {
  const answer = await app.send(asked).catch((): Partial<Answer> => ({}));
  await turn();
  return answer.status;
}

const REFUSED: readonly (readonly [title: string, asked: Asked])[] = [
  ['a request', { method: 'PUT', path: '/asking', origin: OTHER }],
  ['a preflight', { method: 'OPTIONS', path: '/asking', origin: OTHER, requestMethod: 'PUT' }],
];

describe.each(BOTH_PLATFORMS)('a refusal, on %s', (_, way) => {
  let app: RunningApp;
  let portable: RunningApp;
  beforeAll(async () => {
    app = watchResponses(await startApp(way, root));
    portable = watchResponses(await startApp(way, root, { adapter: hooklessAdapter(way) }));
  });

  it.each(MEANWHILE)('stands where meanwhile %s', async (_, act, status) => {
    for (const running of [app, portable]) {
      for (const [, asked] of REFUSED) {
        meanwhile = () => {
          act();
          // A head that was sent gets its end, once the refusal has had its turn.
          setImmediate(() => setImmediate(() => response.end()));
        };
        const answered = await statusOf(running, asked);
        expect([answered, reached]).toEqual([status === undefined ? answered : status, []]);
      }
    }
    expect(log.ofCors('error')).toEqual([]);
  });

  it('has the security headers as well if this library fails before it has decided', async () => {
    const secure = watchResponses(await startApp(way, root, { configure: (nest) => nest.useSecurityHeaders() }));
    log.clear();
    meanwhile = () => Object.defineProperty(response.req, 'headers', { get: boom });
    const refused = await secure.send({ method: 'PUT', path: '/asking', origin: OTHER });
    expect([refused.status, refused.cors, reached]).toEqual([403, WITHHELD, []]);
    expect(refused.headers['x-frame-options']).toBe('SAMEORIGIN');
    expect(log.ofCors('error')).toEqual(['a request was refused with 403 because nestjs-cors failed: boom']);
  });

  it.each(PATCHES)('stands where it cannot be written, as somebody has patched %s', async (_, patch) => {
    meanwhile = () => undefined;
    prepare = patch;
    for (const asked of [...REFUSED.map(([, each]) => each), { method: 'PUT', path: '/named', origin: OTHER }]) {
      expect([await statusOf(app, asked), reached]).toEqual([undefined, []]);
    }
    prepare = () => undefined;
  });
});

describe('a refusal of a rewritten request, on Express', () => {
  it.each(MEANWHILE)('stands where meanwhile %s', async (_, act) => {
    const app = watchResponses(
      await startApp(EXPRESS, root, {
        configure: (nest) =>
          nest.use((request: IncomingMessage, _response: unknown, next: () => void) => {
            request.url = '/asking';
            next();
          }),
      }),
    );
    meanwhile = () => {
      act();
      setImmediate(() => setImmediate(() => response.end()));
    };
    await statusOf(app, { method: 'PUT', path: '/public', origin: OTHER });
    expect(reached).toEqual([]);
  });
});

/** What middleware leaves in place of what it was given. */
const LEFT: readonly (readonly [title: string, leave: (request: IncomingMessage) => unknown])[] = [
  ['no headers', (request) => Reflect.set(request, 'headers', undefined)],
  ['headers that throw', (request) => Reflect.set(request, 'headers', trapped({}))],
  ['a number for an Origin', (request) => Reflect.set(request.headers, 'origin', 5)],
  ['a symbol for a method', (request) => Reflect.set(request, 'method', Symbol('PUT'))],
  ['a method in lower case', (request) => Reflect.set(request, 'method', 'put')],
  ['raw headers that throw', (request) => Object.defineProperty(request, 'rawHeaders', { get: boom })],
];

describe('middleware that leaves something else in a request, on Express', () => {
  let leave: (request: IncomingMessage) => unknown = () => undefined;
  let to = '/closed';
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(EXPRESS, root, {
      configure: (nest) =>
        nest.use((request: IncomingMessage, _response: unknown, next: () => void) => {
          request.url = to;
          leave(request);
          next();
        }),
    });
  });

  it.each(LEFT)('opens no handler that is closed, and none that is enforced: %s', async (_, act) => {
    leave = act;
    for (to of ['/closed', '/named']) {
      const status = await statusOf(app, { method: 'PUT', path: '/public', origin: OTHER });
      expect([to, status === 403 || status === 404 || status === 500, reached]).toEqual([to, true, []]);
    }
  });

  it.each([undefined, null, 5, Symbol('url'), trapped({}), ['/named']])(
    'nor by a URL that is none: (%#)',
    async (url) => {
      leave = (request) => Reflect.set(request, 'url', url);
      await statusOf(app, { method: 'PUT', path: '/public', origin: OTHER });
      expect(reached).toEqual([]);
    },
  );
});

describe('a fault before the policy is known', () => {
  @Controller({ host: 'shop.example', path: 'shop' })
  @Cors({ origin: APP, enforce: true })
  class Shop extends Verbs {}

  it('refuses what may be enforced and every preflight, and no page of the server’s own', async () => {
    const app = await startApp(EXPRESS, rootModule({ controllers: [Shop, Public] }), {
      configure: (nest) => nest.useSecurityHeaders(),
    });
    expressOf(app.nest).set('trust proxy', thrower(trapped({})));
    log.clear();
    const headers = { 'x-forwarded-host': 'shop.example' };
    const asked = { method: 'PUT', path: '/shop', origin: OTHER, headers };
    const refused = await app.send(asked);
    expect([refused.status, refused.cors]).toEqual([403, WITHHELD]);
    expect(refused.headers['x-frame-options']).toBe('SAMEORIGIN');
    const preflight = await app.send({ ...asked, method: 'OPTIONS', requestMethod: 'PUT' });
    expect([preflight.status, preflight.cors]).toEqual([403, { vary: PREFLIGHT_VARY }]);
    expect(preflight.headers).not.toHaveProperty('x-frame-options');
    expect(reached).toEqual([]);
    // Nest asks for the host as well, and fails: that is the app's answer.
    expect((await app.send({ ...asked, headers: { ...headers, 'sec-fetch-site': 'same-origin' } })).status).toBe(500);
    expect(log.ofCors('error')).toContainEqual(
      expect.stringMatching(/^a request was refused with 403 because nestjs-cors/),
    );
    expect(log.ofCors('error').join()).not.toContain('other code has replaced the hook');
  });
});

describe('a response whose methods throw, on Express', () => {
  @Controller('raw')
  @Cors({ origin: APP })
  class Raw {
    @Get('bare') bare(@Res() raw: ServerResponse): void {
      raw.end(reach('bare'));
    }

    @Get('list') list(@Res() raw: ServerResponse): void {
      raw.writeHead(200, ['Access-Control-Allow-Origin', '*', 'X-Own', '1']);
      raw.end(reach('list'));
    }

    @Get('object') object(@Res() raw: ServerResponse): void {
      raw.writeHead(200, { 'Access-Control-Allow-Origin': '*', 'X-Own': '1' });
      raw.end(reach('object'));
    }
  }

  it.each([
    ['getHeaderNames', { getHeaderNames: boom }],
    ['getHeader and getHeaderNames', { getHeader: boom, getHeaderNames: boom }],
    ['all that reads headers, and removeHeader', { getHeader: boom, getHeaderNames: boom, removeHeader: boom }],
  ])('goes out, and shares nothing: %s', async (_, methods) => {
    const app = await startApp(EXPRESS, rootModule({ controllers: [Raw] }), {
      configure: (nest) => {
        // From Node 22 on, `writeHead()` itself calls `removeHeader()` where a header has been set.
        expressOf(nest).disable('x-powered-by');
        nest.use((_request: IncomingMessage, patched: ServerResponse, next: () => void) => {
          Object.assign(patched, methods);
          next();
        });
      },
    });
    for (const name of ['bare', 'list', 'object']) {
      const { status, body, cors } = await app.send({ path: `/raw/${name}`, origin: APP });
      await turn();
      expect([status, body]).toEqual([200, name]);
      expect(cors).toEqual({});
    }
  });

  it('is compared without being asked: a header of the app’s that cannot be printed', async () => {
    @Controller('odd')
    @Cors({ origin: APP })
    class Odd {
      @Get() get(@Res() raw: ServerResponse): void {
        raw.writeHead(200, { 'Access-Control-Allow-Origin': { toString: boom } as never });
        raw.end(reach('odd'));
      }
    }
    const app = await startApp(EXPRESS, rootModule({ controllers: [Odd] }));
    const { body, cors } = await app.send({ path: '/odd', origin: APP });
    expect([body, cors]).toEqual(['odd', { [ACAO]: APP, ...WITHHELD }]);
  });
});

it('the body of a refusal is the one that Nest gives a ForbiddenException', () => {
  expect(JSON.parse(FORBIDDEN)).toEqual(new ForbiddenException().getResponse());
});
