import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, Put, Version, VersioningType } from '@nestjs/common';
import { Cors, CorsService, type CorsPolicyOptions, type CorsQuestion } from 'nestjs-cors';
import { createServer, request as forward } from 'node:http';

import { pageAt, type PageRequestInit } from '../../../lib/testing/index.js';
import { APP } from '../../cases/cors-case.js';
import { createApp, rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS, EVERY_WAY } from '../../support/ways.js';
import { valueOf } from '../../policy/diagnosis/diagnosed.js';
import { blocked } from '../../testing/blocked.js';
import { cannedServer } from '../../testing/canned-server.js';

const OTHER = 'https://other.example';

@Controller('cats')
class CatsController {
  @Get() @Cors({ origin: '*', credentials: false }) list(): string {
    return 'list';
  }

  @Put(':id') @Cors({ allowedHeaders: ['Content-Type'] }) rename(): string {
    return 'rename';
  }

  @Delete(':id') @Cors(false) remove(): string {
    return 'remove';
  }
}

const root = rootModule({ controllers: [CatsController] }, { origin: APP, credentials: true });

/** What explain() and the error of a blocked call have in common. */
interface Row {
  readonly question: CorsQuestion;
  readonly init: PageRequestInit;
  readonly verdict: string;
  readonly step: string;
  readonly reason: string;
  readonly text: string;
  readonly code: readonly string[];
  readonly errorStep: string;
}

const ROWS: readonly (readonly [title: string, row: Row])[] = [
  [
    'a header that is not allowed',
    {
      question: { origin: APP, method: 'PUT', url: '/cats/1', headers: ['x-trace'], credentials: true },
      init: { method: 'PUT', headers: { 'X-Trace': '1' }, credentials: 'include' },
      verdict: 'refused',
      step: 'headers',
      reason: 'header-not-allowed',
      text: 'CatsController.rename does not allow the request header x-trace: its allowedHeaders are Content-Type (written by CatsController.rename).',
      code: ["@Cors({ allowedHeaders: { add: ['X-Trace'] } })"],
      errorStep: 'preflight-headers',
    },
  ],
  [
    'a method without a handler',
    {
      question: { origin: APP, method: 'PATCH', url: '/cats/1', credentials: true },
      init: { method: 'PATCH', credentials: 'include' },
      verdict: 'refused',
      step: 'method',
      reason: 'method-not-served',
      text: 'This URL does not serve the method PATCH; it serves PUT and DELETE.',
      code: [],
      errorStep: 'preflight-method',
    },
  ],
  [
    'a closed route',
    {
      question: { origin: APP, method: 'DELETE', url: '/cats/1', credentials: true },
      init: { method: 'DELETE', credentials: 'include' },
      verdict: 'refused',
      step: 'origin',
      reason: 'closed',
      text: 'CatsController.remove is closed to other origins on purpose, by CatsController.remove.',
      code: [],
      errorStep: 'preflight-origin',
    },
  ],
  [
    'everyone, and credentials',
    {
      question: { origin: APP, url: '/cats', credentials: true },
      init: { credentials: 'include' },
      verdict: 'blocked',
      step: 'credentials',
      reason: 'credentials-not-allowed',
      text: "CatsController.list allows every origin, but without credentials, so the browser blocks a page that sends them; fetch without credentials: 'include' if the request needs no cookies.",
      code: [`@Cors({ origin: '${APP}', credentials: true })`],
      errorStep: 'origin',
    },
  ],
  [
    'another origin',
    {
      question: { origin: OTHER, method: 'PUT', url: '/cats/1' },
      init: { method: 'PUT' },
      verdict: 'refused',
      step: 'origin',
      reason: 'origin-not-allowed',
      text: `CatsController.rename does not allow the origin ${OTHER}, only ${APP} (written by forRoot).`,
      code: [`@Cors({ origin: ['${APP}', '${OTHER}'] })`],
      errorStep: 'preflight-origin',
    },
  ],
];

describe.each(EVERY_WAY)('one diagnosis, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, root);
  });

  it.each(ROWS)('explains %s', async (_title, row) => {
    const { verdict, step, reason, diagnosis } = await app.nest.get(CorsService).explain(row.question);
    expect({ verdict, step, reason }).toEqual({ verdict: row.verdict, step: row.step, reason: row.reason });
    expect(diagnosis?.text).toBe(row.text);
    expect(diagnosis?.cures.map(({ code }) => code)).toEqual(row.code);
  });

  it.each(ROWS)('and tells a blocked page of %s', async (_title, row) => {
    const { origin = APP, url } = row.question;
    const error = await blocked(pageAt(origin).fetch(app.nest, url, row.init));
    expect(error.step).toBe(row.errorStep);
    expect(error.message).toContain(row.text);
    expect(error.diagnosis?.cures.map(({ code }) => code)).toEqual(row.code);
    const place = error.diagnosis?.cures[0]?.place;
    expect(error.fix).toBe(row.code[0] && `${row.code[0]} on ${place}, above any other @Cors`);
  });

  it.each(['delete', 'get', 'head', 'options', 'post', 'put', 'Put', 'dELETE'])(
    'reads the method %s as browsers send it',
    async (method) => {
      const cors = app.nest.get(CorsService);
      for (const url of ['/cats', '/cats/1', '/nowhere']) {
        for (const phase of [undefined, 'preflight', 'request'] as const) {
          const asked = { origin: APP, url, phase };
          const expected = await cors.explain({ ...asked, method: method.toUpperCase() });
          expect(await cors.explain({ ...asked, method })).toEqual(expected);
          expect(expected.diagnosis?.text ?? '').not.toContain('case-sensitive');
        }
      }
    },
  );

  it.each(['patch', 'Patch'])('recommends no other spelling of %s, where that is not served either', async (method) => {
    const { diagnosis } = await app.nest.get(CorsService).explain({ origin: APP, method, url: '/cats/1' });
    expect(diagnosis?.text).toBe(`This URL does not serve the method ${method}; it serves PUT and DELETE.`);
  });

  it.each([`${APP}/`, `${APP}:443`, `${APP}/cats?a#b`])('says what browsers send in place of %s', async (origin) => {
    const { verdict, diagnosis } = await app.nest.get(CorsService).explain({ origin, method: 'PUT', url: '/cats/1' });
    expect(verdict).toBe('refused');
    expect(diagnosis?.text).toMatch(/\. Browsers send https:[^ ]+, which CatsController\.rename allows\.$/);
    expect(diagnosis?.text).toContain(`Browsers send ${APP}, `);
  });

  it('says that nobody serves a URL, and which route is the nearest', async () => {
    const { verdict, diagnosis, routes } = await app.nest.get(CorsService).explain({ origin: APP, url: '/api/cats' });
    expect({
      verdict,
      routes,
      reason: diagnosis?.reason,
      nearest: diagnosis?.nearest,
      cures: diagnosis?.cures,
    }).toEqual({
      verdict: 'allowed',
      routes: [],
      reason: 'url-not-served',
      nearest: 'GET /cats (CatsController.list)',
      cures: [],
    });
    expect(diagnosis?.text).toBe(
      'No controller serves GET /api/cats; the nearest route is GET /cats (CatsController.list).',
    );
  });
});

/** The same controllers, with what a cure has printed written above the handler. */
function cured(handler: string | undefined, code: string): ReturnType<typeof rootModule> {
  @Controller('cats')
  class CuredController {
    @Get() @Cors({ origin: '*', credentials: false }) list(): string {
      return 'list';
    }

    @Put(':id') @Cors({ allowedHeaders: ['Content-Type'] }) rename(): string {
      return 'rename';
    }
  }
  const name = handler === 'list' ? 'list' : 'rename';
  const descriptor = Object.getOwnPropertyDescriptor(CuredController.prototype, name);
  Cors(valueOf(code) as CorsPolicyOptions)(CuredController.prototype, name, descriptor ?? {});
  return rootModule({ controllers: [CuredController] }, { origin: APP, credentials: true });
}

describe.each(EVERY_WAY)('a cure, on %s', (_, way) => {
  it.each(ROWS.filter(([, { code }]) => code.length > 0))(
    'applied as printed lets this page through, and no other: %s',
    async (_title, { question, init, code }) => {
      const handler = init.method === 'PUT' ? 'rename' : 'list';
      const app = await startApp(way, cured(handler, code.join()));
      const { origin = APP, url } = question;
      expect((await pageAt(origin).fetch(app.nest, url, init)).status).toBe(200);
      const stranger = pageAt('https://stranger.example').fetch(app.nest, url, init);
      await expect(stranger).rejects.toMatchObject({ name: 'CorsBlockedError' });
    },
  );
});

describe.each(BOTH_PLATFORMS)('strangers, on %s', (_, way) => {
  it('says of a proxy in front what it saw, and no more', async () => {
    const app = await startApp(way, root);
    const proxy = createServer((request, response) => {
      if (request.url === '/down') {
        response.writeHead(502).end();
        return;
      }
      const { method, url, headers } = request;
      forward({ port: app.port, host: '127.0.0.1', method, path: url, headers }, (upstream) => {
        response.writeHead(upstream.statusCode ?? 500, [...upstream.rawHeaders, 'Access-Control-Allow-Origin', '*']);
        upstream.pipe(response);
      }).end();
    });
    const down = await blocked(pageAt(APP).fetch(proxy, '/down', { method: 'PUT' }));
    expect(down.message.split('\n  ').slice(1)).toEqual([
      'The preflight was refused without a reason: 502 without CORS headers, as a proxy answers that does not reach the application.',
      `Access-Control-Allow-Origin: missing (expected: "${APP}"), with status 502`,
    ]);
    expect([down.fix, down.diagnosis]).toEqual([undefined, undefined]);
    const twice = await blocked(pageAt(APP).fetch(proxy, '/cats'));
    expect(twice.fix).toBe(
      'Two places set this header: app.enableCors(), a setHeader() call, or a proxy in front of the application. Leave it to one of them',
    );
  });

  it('says of a refusal without headers that it has no reason', async () => {
    const { server } = cannedServer(() => ({ status: 403 }));
    const error = await blocked(pageAt(APP).fetch(server, '/cats', { method: 'PUT' }));
    expect(error.message).toContain('The preflight was refused without a reason: 403 without CORS headers.');
    expect(error.fix).toBeUndefined();
  });

  it('says of an application without CorsModule that it has none', async () => {
    const app = await createApp(way, class Bare {});
    await app.init();
    const error = await blocked(pageAt(APP).fetch(app, '/cats', { method: 'PUT' }));
    expect(error.message).toContain('This application does not import CorsModule.');
  });
});

@Controller()
class VersionedController {
  @Get('v') @Version('1') @Cors({ origin: APP }) one(): string {
    return 'one';
  }

  @Get('v') @Version('2') @Cors({ origin: OTHER }) two(): string {
    return 'two';
  }
}

it.each(BOTH_PLATFORMS)('versions that differ are undecided, with a verdict for each, on %s', async (_, way) => {
  const app = await startApp(way, rootModule({ controllers: [VersionedController] }), {
    configure: (nest) => nest.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
  });
  const { verdict, candidates } = await app.nest.get(CorsService).explain({ origin: APP, url: '/v' });
  expect(verdict).toBe('undecided');
  expect(candidates.map((each) => [each.route, each.verdict, each.diagnosis?.cures[0]?.code])).toEqual([
    ['VersionedController.one', 'allowed', undefined],
    ['VersionedController.two', 'refused', `@Cors({ origin: ['${OTHER}', '${APP}'] })`],
  ]);
});
