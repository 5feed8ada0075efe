import { describe, expect, it } from '@jest/globals';
import {
  All,
  Controller,
  Get,
  Put,
  Post,
  Version,
  VersioningType,
  type INestApplication,
  type Type,
} from '@nestjs/common';
import { Cors, CorsService, type CorsModuleOptions, type CorsPathPolicy } from 'nestjs-cors';
import express from 'express';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

import { ACAO, APP } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { expressOf, fastifyOf, rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { upgrade } from '../../support/sockets.js';
import { EVERY_WAY, type Way } from '../../support/ways.js';

/** A line in the log names what is true of the place, and its cure works as it is printed. */

const OTHER = 'https://other.example';

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

@Controller()
class CatsController {
  @Get('cats') list(): string {
    return 'list';
  }

  @Put('cats') replace(): string {
    return 'replace';
  }

  @Get('cats/:id') one(): string {
    return 'one';
  }

  @Post('re/cats/closed') @Cors({ enforce: true }) closed(): string {
    return 'closed';
  }
}

/** Before everything of Nest, as hand-written CORS code is. */
function useFirst(way: Way, nest: INestApplication, middleware: Middleware): void {
  if (way.isExpress) {
    nest.use(middleware);
  } else {
    fastifyOf(nest).addHook('onRequest', (request, reply, done) => {
      middleware(request.raw, reply.raw, done);
    });
  }
}

/** Sets a header on everything, and answers OPTIONS: what a CORS middleware of one's own does. */
const handWritten: Middleware = (request, response, next) => {
  response.setHeader('Access-Control-Allow-Origin', '*');
  if (request.method === 'OPTIONS' || request.headers['x-answer'] === 'yes') {
    response.statusCode = 200;
    response.end('by hand');
    return;
  }
  next();
};

async function start(
  way: Way,
  options: CorsModuleOptions,
  configure: (nest: INestApplication) => unknown,
  controllers: readonly Type[] = [CatsController],
): Promise<RunningApp> {
  const app = await startApp(way, rootModule({ controllers: [...controllers] }, { origin: APP, ...options }), {
    configure,
  });
  log.clear();
  return app;
}

/** The entries that a line prints as code. */
function printedEntry(line: string | undefined): CorsPathPolicy {
  const code = /Add (\{.*\}) to paths/.exec(line ?? '')?.[1];
  if (code === undefined) {
    throw new Error(`no entry in: ${line}`);
  }
  return JSON.parse(code.replaceAll(/(\w+): /g, '"$1": ').replaceAll("'", '"')) as CorsPathPolicy;
}

function droppedLines(): readonly string[] {
  return log.ofCors('warn').filter((line) => line.includes('sets access-control-allow-origin'));
}

describe.each(EVERY_WAY)('a header that is dropped, on %s', (_, way) => {
  const byHand = (nest: INestApplication): void => useFirst(way, nest, handWritten);
  const answered = { origin: OTHER, headers: { 'x-answer': 'yes' } };

  it.each([
    [
      'OPTIONS',
      '/cats',
      'OPTIONS at the URL of CatsController.list (GET /cats) and CatsController.replace (PUT /cats)',
    ],
    ['POST', '/cats', 'POST at the URL of CatsController.list (GET /cats) and CatsController.replace (PUT /cats)'],
  ])('from %s %s is reported with the handlers there, and its cure works', async (method, path, place) => {
    const app = await start(way, {}, byHand);
    expect((await app.send({ method, path, ...answered })).cors).not.toHaveProperty(ACAO, '*');
    const [line, ...others] = droppedLines();
    expect([line?.startsWith(`${place}, which serve other methods only: the app sets`), others]).toEqual([true, []]);

    const entry = printedEntry(line);
    expect(entry).toEqual({ path, methods: [method], untouched: true });
    const cured = await start(way, { paths: [entry] }, byHand);
    expect((await cured.send({ method, path, ...answered })).cors[ACAO]).toBe('*');
    expect(droppedLines()).toEqual([]);

    const closed = await start(way, { paths: [{ path, methods: [method], policy: false }] }, byHand);
    await closed.send({ method, path, ...answered });
    expect(droppedLines()).toEqual([expect.stringContaining(`paths[0] (${path}): `)]);
  });

  it('from a method at a pattern is reported without an entry that would be for more URLs', async () => {
    const app = await start(way, {}, byHand);
    await app.send({ method: 'POST', path: '/cats/1', ...answered });
    const [line] = droppedLines();
    expect(line).toMatch(
      /^POST at the URL of CatsController\.one \(GET \/cats\/:id\), which serves other methods only: /,
    );
    expect(line).toContain("Add an entry for this URL (methods: ['POST'], untouched: true) to paths");
    const cured = await start(way, { paths: [{ path: '/cats/1', methods: ['POST'], untouched: true }] }, byHand);
    expect((await cured.send({ method: 'POST', path: '/cats/1', ...answered })).cors[ACAO]).toBe('*');
  });

  it('is reported for each method and header, and not twice', async () => {
    const app = await start(way, {}, byHand);
    for (const method of ['POST', 'DELETE', 'POST', 'TRACE']) {
      await app.send({ method, path: '/cats', ...answered });
    }
    expect(droppedLines().map((line) => /methods: \['(\w+)'\]/.exec(line)?.[1])).toEqual(['POST', 'DELETE', undefined]);
  });

  it('from a 404 is not reported, and does not use up the place of what the app serves', async () => {
    const app = await start(way, {}, (nest) => {
      useFirst(way, nest, handWritten);
      nest.getHttpAdapter().get('/auth/session', (_request: unknown, reply: { send(body: string): void }) => {
        reply.send('session');
      });
      nest.getHttpAdapter().get('/metrics/:name', (_request: unknown, reply: { send(body: string): void }) => {
        reply.send('metrics');
      });
    });
    for (const path of [
      '/wp-login.php?call=0800-SCAM',
      '/cats?x',
      '/auth/session',
      '/auth/session',
      '/metrics/a',
      '/metrics/b',
    ]) {
      await app.send({ path, origin: OTHER });
    }
    const lines = droppedLines();
    expect(lines.map((line) => line.split(' (')[0])).toEqual([
      expect.stringMatching(/^CatsController\.list/),
      '/auth/session',
      '/metrics/:name',
    ]);
    const entries = lines.slice(1).map(printedEntry);
    expect(entries).toEqual([
      { path: '/auth/session', untouched: true },
      { path: '/metrics/:name', untouched: true },
    ]);
    const cured = await start(way, { paths: entries }, (nest) => {
      useFirst(way, nest, handWritten);
      nest.getHttpAdapter().get('/auth/session', (_request: unknown, reply: { send(body: string): void }) => {
        reply.send('session');
      });
    });
    expect((await cured.send({ path: '/auth/session', origin: OTHER })).cors[ACAO]).toBe('*');
  });

  it('from a route of the platform whose URL a controller serves with another method has a cure that starts', async () => {
    const configure = (nest: INestApplication): void => {
      useFirst(way, nest, handWritten);
      nest.getHttpAdapter().post('/cats', (_request: unknown, reply: { send(body: string): void }) => {
        reply.send('posted');
      });
    };
    const app = await start(way, {}, configure);
    await app.send({ method: 'POST', path: '/cats', origin: OTHER });
    const [line] = droppedLines();
    expect(line).toMatch(/^\/cats \(no controller serves it\): /);
    const entry = printedEntry(line);
    expect(entry).toEqual({ path: '/cats', methods: ['POST'], untouched: true });
    const cured = await start(way, { paths: [entry] }, configure);
    expect((await cured.send({ method: 'POST', path: '/cats', origin: OTHER })).cors[ACAO]).toBe('*');
  });

  it('below middleware is reported with its mount path, and with the entry, if there is one', async () => {
    const library: Middleware = (_request, response) => {
      response.setHeader('Access-Control-Allow-Origin', '*');
      response.end();
    };
    const configure = (nest: INestApplication): void => {
      nest.use('/auth', library);
      nest.use('/other', library);
    };
    const options: CorsModuleOptions = { paths: [{ path: '/auth{/*rest}', policy: false }] };
    const app = await start(way, options, configure);
    for (const path of ['/auth/a', '/auth/b', '/other/%0a?x=1', '/other/b', '/other']) {
      await app.send({ path, origin: OTHER });
    }
    const lines = droppedLines();
    expect(lines).toEqual([
      'paths[0] (/auth{/*rest}): the app sets access-control-allow-origin itself, but the policy of this entry decides, so the header was dropped. Change that policy, or replace it with untouched: true if the code that serves this URL handles CORS itself.',
      "a URL below /other (no controller serves it): the app sets access-control-allow-origin itself, but the URL's CORS policy decides, so the header was dropped. Add { path: '/other{/*rest}', untouched: true } to paths if the code that answers there handles CORS itself; otherwise write a policy in place of untouched.",
    ]);
    const cured = await start(
      way,
      { paths: [{ path: '/auth{/*rest}', untouched: true }, printedEntry(lines[1])] },
      configure,
    );
    for (const path of ['/auth/a', '/other', '/other/x']) {
      expect((await cured.send({ path, origin: OTHER })).cors[ACAO]).toBe('*');
    }
    expect(droppedLines()).toEqual([]);
  });

  it('from a URL that readers read as one of several entries is reported with these', async () => {
    const paths = [
      { path: '/public{/*rest}', policy: { origin: '*' } },
      { path: '/admin', policy: false },
    ] as const;
    const app = await start(way, { paths: [...paths] }, byHand);
    await app.send({ path: '/public/..%2fadmin', ...answered });
    await app.send({ path: '/public/%2e%2e/admin', ...answered });
    expect(droppedLines()).toEqual([
      'a URL that some read as one of paths[0] (/public{/*rest}) and paths[1] (/admin): the app sets access-control-allow-origin itself, but different readings of the URL lead to different entries, so no origin is allowed, and the header was dropped. Request the URL without encoded slashes, dot segments and repeated slashes.',
    ]);
  });

  it('names no text that a client could mean something by, and few URLs, however many there are', async () => {
    const app = await start(way, {}, byHand);
    const odd = ['/%0aERROR', '/{*all}', '/a/../b', '/x;y', "/'-'", `/${'a'.repeat(90)}`, '/.%2e', '/$&'];
    const plain = Array.from({ length: 30 }, (_unused, index) => `/files/${index}`);
    for (const path of [...odd, ...plain]) {
      await app.send({ path, ...answered });
    }
    const lines = droppedLines();
    expect(lines.map((line) => line.split(': ')[0])).toEqual([
      'a URL that no controller serves',
      ...plain.slice(0, 9).map((path) => `${path} (no controller serves it)`),
      '/files/9 (no controller serves it; other URLs of this kind are not listed any more)',
    ]);
    const cured = await start(way, { paths: lines.slice(1).map(printedEntry) }, byHand);
    expect((await cured.send({ path: '/files/3', ...answered })).cors[ACAO]).toBe('*');
  });
});

@Controller('versions')
class VersionsController {
  @Get() @Version('1') @Cors({ enforce: true }) one(): string {
    return 'one';
  }
}

/** Fastify's middleware engine tells letter cases apart, and knows no parameters. */
describe.each(EVERY_WAY.filter(([, way]) => way.isExpress))(
  'a header that is dropped below middleware, on %s',
  (_, way) => {
    it('is reported once in any letter case, and only where it has succeeded', async () => {
      const answerWith =
        (status: number): Middleware =>
        (_request, response) => {
          response.setHeader('Access-Control-Allow-Origin', '*');
          response.statusCode = status;
          response.end();
        };
      const app = await start(way, {}, (nest) => {
        nest.use('/webhooks', answerWith(200));
        nest.use('/shops/:shop', answerWith(401));
        nest.use('/real', answerWith(200));
      });
      const spellings = Array.from({ length: 24 }, (_unused, bits) =>
        Array.from('webhooks', (letter, at) => ((bits >> at) & 1 ? letter.toUpperCase() : letter)).join(''),
      );
      for (const path of [
        ...spellings.map((name) => `/${name}/a`),
        ...spellings.map((name) => `/shops/${name}`),
        '/real',
      ]) {
        await app.send({ path, origin: OTHER });
      }
      expect(droppedLines().map((line) => line.split(': ')[0])).toEqual([
        'a URL below /webhooks (no controller serves it)',
        'a URL below /real (no controller serves it)',
      ]);
    });

    it('is reported with its URL, not as a mount, where middleware has rewritten it', async () => {
      const app = await start(way, {}, (nest) => {
        nest.use((request: IncomingMessage, response: ServerResponse) => {
          request.url = '/';
          response.setHeader('Access-Control-Allow-Origin', '*');
          response.end();
        });
      });
      await app.send({ path: '/call/now', origin: OTHER });
      expect(droppedLines().map((line) => line.split(': ')[0])).toEqual(['/call/now (no controller serves it)']);
    });

    it('has a line of its own at the end, where too many have been named', async () => {
      const app = await start(way, {}, (nest) => {
        nest.use('/:tenant/hooks', (_request: IncomingMessage, response: ServerResponse) => {
          response.setHeader('Access-Control-Allow-Origin', '*');
          response.end();
        });
      });
      for (let index = 0; index < 25; index += 1) {
        await app.send({ path: `/t${index}/hooks`, origin: OTHER });
      }
      const lines = droppedLines();
      expect(lines).toHaveLength(21);
      expect(lines.at(-1)).toMatch(/^a URL that no controller serves: the app sets/);
    });

    it('behind an outer application that replaces end() is the same: a 404 is not reported, an answer is', async () => {
      const app = await start(way, {}, (nest) => {
        nest.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
          response.setHeader('Access-Control-Allow-Origin', '*');
          if (request.url === '/hello') {
            response.end('hello');
          } else {
            next();
          }
        });
      });
      const outer = express();
      // As compression() does.
      outer.use((_request, response, next) => {
        const { end } = response;
        Reflect.set(response, 'end', (...given: unknown[]): unknown => Reflect.apply(end, response, given));
        next();
      });
      outer.use(expressOf(app.nest));
      const server = createServer(outer).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      for (const path of ['/nowhere', '/hello']) {
        await (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { Origin: OTHER } })).text();
      }
      server.closeAllConnections();
      server.close();
      expect(droppedLines().map((line) => line.split(': ')[0])).toEqual(['/hello (no controller serves it)']);
    });
  },
);

describe.each(EVERY_WAY)('a refusal under enforce, on %s', (_, way) => {
  it('names the handlers whose policy refused, and that they serve other methods', async () => {
    const app = await start(way, {}, () => undefined);
    const { status } = await app.send({ method: 'GET', path: '/re/cats/closed', origin: OTHER });
    expect([status, log.ofCors('warn')]).toEqual([
      403,
      [
        'GET at the URL of CatsController.closed (POST /re/cats/closed), which serves other methods only: a cross-origin request was refused with 403 because its policy is enforced and does not allow this origin or this method (origin-not-allowed)',
      ],
    ]);
  });

  it('names the entry of paths, or none where forRoot decides, each of them on its own', async () => {
    const app = await start(way, { enforce: true, paths: [{ path: '/files{/*rest}', policy: {} }] }, () => undefined);
    for (const path of ['/nowhere', '/files/a', '/files/b', '/elsewhere']) {
      await app.send({ path, origin: OTHER });
    }
    expect(log.ofCors('warn').map((line) => line.split(': ')[0])).toEqual([
      'a URL that no controller serves',
      'paths[0] (/files{/*rest})',
    ]);
  });

  it('says so where a version is missing', async () => {
    const app = await start(
      way,
      {},
      (nest) => {
        nest.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' });
      },
      [VersionsController],
    );
    await app.send({ path: '/versions', origin: OTHER });
    expect(log.ofCors('warn')).toEqual([
      expect.stringMatching(/^a request that VersionsController\.one \(GET \/versions\) did not take: a cross-origin/),
    ]);
  });
});

describe.each(EVERY_WAY.filter(([, way]) => way.isExpress))('a request that is led elsewhere, on %s', (_, way) => {
  it('is reported with the handler whose policy refused it', async () => {
    const app = await start(way, {}, (nest) => {
      const mounted = express();
      mounted.use((request, response) => {
        request.url = `/re${request.url}`;
        expressOf(nest)(request, response);
      });
      nest.use('/outer', mounted);
    });
    const { status } = await app.send({ method: 'POST', path: '/outer/cats/closed', origin: OTHER });
    expect([status, log.ofCors('warn')]).toEqual([
      403,
      [expect.stringMatching(/^CatsController\.closed: a cross-origin request was refused .*written by forRoot\)$/)],
    ]);
  });

  it('is reported as refused by a handler without a policy, which opens nothing', async () => {
    @Controller()
    class MixedController {
      @Put('open') @Cors({ origin: APP }) open(): string {
        return 'open';
      }

      @Put('plain') plain(): string {
        return 'plain';
      }
    }
    const app = await startApp(way, rootModule({ controllers: [MixedController] }), {
      configure: (nest) =>
        nest.use((request: IncomingMessage, _response: unknown, next: () => void) => {
          request.url = '/plain';
          next();
        }),
    });
    const { status } = await app.send({ method: 'PUT', path: '/open', origin: APP });
    expect([status, log.ofCors('warn').at(-1)]).toEqual([
      403,
      expect.stringMatching(/^MixedController\.plain: a cross-origin request was refused with 403 .*\(closed\)$/),
    ]);
  });

  it('is reported once for each handler that it is led to, with what is at the URL that was asked for', async () => {
    const app = await start(way, {}, (nest) => {
      nest.use((request: IncomingMessage, _response: unknown, next: () => void) => {
        request.url = request.url?.replace(/^\/api(?=\/)/, '');
        request.method = String(request.headers['x-method'] ?? request.method);
        next();
      });
    });
    for (const path of ['/api/cats', '/api/cats/1', '/api/cats?again']) {
      await app.send({ path, origin: APP });
    }
    await app.send({ method: 'POST', path: '/cats', headers: { 'x-method': 'PUT' } });
    expect(log.ofCors('warn').map((line) => /request for (.*)\. The policy/.exec(line)?.[1])).toEqual([
      'a URL that no controller serves to CatsController.list',
      'a URL that no controller serves to CatsController.one',
      'POST at the URL of CatsController.list (GET /cats) and CatsController.replace (PUT /cats), which serve other methods only to CatsController.replace',
    ]);
  });
});

describe.each(EVERY_WAY)('a socket that is refused, on %s', (_, way) => {
  it('is reported with the entry of paths, or as one that no gateway takes, though a controller serves the URL', async () => {
    const app = await start(way, { paths: [{ path: '/files{/*rest}', policy: false }] }, (nest) => {
      const server = nest.getHttpServer() as Server;
      server.on('upgrade', (_request, socket: Duplex) => socket.destroy());
    });
    for (const path of ['/cats', '/files/a', '/elsewhere', '/files/b']) {
      expect(await upgrade(app.port, path, { Origin: OTHER, 'Sec-Fetch-Site': 'cross-site' })).toMatchObject({
        status: 403,
      });
    }
    expect(log.ofCors('warn').map((line) => line.split(': ')[0])).toEqual([
      'a socket that no gateway takes',
      'paths[0] (/files{/*rest})',
    ]);
  });
});

@Controller('chain')
class AskingController {
  @All() all(): string {
    return 'all';
  }
}

describe.each(EVERY_WAY)('a function that fails, on %s', (_, way) => {
  it('is reported with who asked it', async () => {
    const origin = (): boolean => {
      throw new Error('down');
    };
    const options: CorsModuleOptions = {
      origin,
      policies: { partners: { origin } },
      paths: [{ path: '/files{/*rest}', policy: { origin } }],
    };
    const app = await start(way, options, () => undefined, [AskingController]);
    for (const path of ['/chain', '/files/a', '/nowhere', '/files/b']) {
      await app.send({ path, origin: OTHER });
    }
    const cors = app.nest.get(CorsService);
    await cors.allows(OTHER);
    await cors.allows(OTHER, 'partners');
    await cors.explain({ origin: OTHER, url: '/files/a' }, { askResolvers: true });
    expect(log.ofCors('error').map((line) => line.split(': ')[0])).toEqual([
      'AskingController.all',
      'paths[0] (/files{/*rest})',
      'a URL that no controller serves',
      'CorsService.allows(), forRoot',
      'CorsService.allows(), policies.partners',
    ]);
  });
});
