/** What pages quote that is not an exchange: errors, tables, and what functions of the cloud get back. */
import { describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, Header, Put, VersioningType, type INestApplication } from '@nestjs/common';
import { Cors } from 'nestjs-cors';
import { pageAt, policyTable } from 'nestjs-cors/testing';
import fastifyLambda from '@fastify/aws-lambda';
import { configure as serverlessExpress } from '@codegenie/serverless-express';
import type { FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import serverlessHttp from 'serverless-http';

import { log } from '../../support/log-capture.js';
import { createApp, rootModule } from '../../support/running-app.js';
import { send } from '../../support/http-client.js';
import { EVERY_WAY, EXPRESS, FASTIFY, type Way } from '../../support/ways.js';

@Controller('cats')
class CatsController {
  @Get() @Cors({ origin: '*', exposedHeaders: ['Link'] }) list(): string {
    return 'list';
  }

  @Put(':id') @Header('ETag', '"2"') @Cors({ exposedHeaders: ['ETag'] }) rename(): string {
    return 'renamed';
  }

  @Delete(':id') @Cors(false) remove(): void {}
}

async function start(way: Way): Promise<INestApplication> {
  const app = await createApp(way, rootModule({ controllers: [CatsController] }, { origin: 'http://localhost:5173' }));
  return app.init();
}

async function quotedIn(page: string): Promise<readonly string[]> {
  const text = await readFile(new URL(`../../../docs/${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```text\n([\s\S]*?)\n```$/gm)].map(([, quoted = '']) => quoted);
}

describe.each(EVERY_WAY)('docs/guides/tests.md, on %s', (_, way) => {
  it('quotes the error and the table of its application', async () => {
    const app = await start(way);
    const page = pageAt('https://evil.example');
    const error: unknown = await page.fetch(app, '/cats/1', { method: 'PUT' }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(await quotedIn('guides/tests.md')).toEqual([String(error), policyTable(app).trimEnd()]);
    const response = await pageAt('http://localhost:5173').fetch(app, '/cats/1', { method: 'PUT' });
    expect([response.status, response.headers.get('etag')]).toEqual([200, '"2"']);
  });
});

@Controller({ path: 'cats', version: '1' })
@Cors({ origin: 'https://old.example.com' })
class OldCatsController {
  @Put(':id') rename(): void {}
}

@Controller({ path: 'cats', version: '2' })
@Cors({ origin: 'https://app.example.com' })
class NewCatsController {
  @Put(':id') rename(): void {}
}

describe.each(EVERY_WAY)('docs/guides/versions.md, on %s', (_, way) => {
  it('quotes the warning', async () => {
    const app = await createApp(way, rootModule({ controllers: [OldCatsController, NewCatsController] }), {
      configure: (nest) => nest.enableVersioning({ type: VersioningType.HEADER, header: 'X-API-Version' }),
    });
    await app.init();
    const shown = log.ofCors('warn').map((line) => line.replace('NewCatsController', 'CatsController'));
    expect(await quotedIn('guides/versions.md')).toEqual(shown);
  });
});

@Controller('rates')
class RatesController {
  @Get() @Cors({ origin: '*' }) list(): void {}

  @Get('names') @Cors('pubic') names(): void {}
}

@Controller('admin')
@Cors(false)
class AdminController {
  @Get() @Cors({ maxAge: 60 }) show(): void {}
}

describe.each(EVERY_WAY)('docs/guides/public-beside-private.md, on %s', (_, way) => {
  it('quotes the mistakes', async () => {
    const options = {
      origin: 'https://app.example.com',
      credentials: true,
      policies: { public: { origin: '*', credentials: false } },
    };
    const app = await createApp(way, rootModule({ controllers: [RatesController, AdminController] }, options));
    const error: unknown = await app.init().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const mistakes = String(error)
      .split('\n')
      .filter((line) => line.startsWith('    '))
      .map((line) => line.trim());
    const [quoted = ''] = await quotedIn('guides/public-beside-private.md');
    expect(new Set(quoted.split('\n'))).toEqual(new Set(mistakes));
  });
});

@Controller('cats')
class FewCatsController {
  @Get() find(): string {
    return 'cats';
  }

  @Put() put(): string {
    return 'put';
  }
}

const PREFLIGHT = {
  origin: 'https://app.example.com',
  'access-control-request-method': 'PUT',
  'access-control-request-headers': 'x-a',
};

/** What API Gateway hands to a function (payload format 1.0), and what it takes back. */
async function invoke(handle: (event: object) => Promise<unknown>): Promise<string> {
  const answer = (await handle({
    version: '1.0',
    httpMethod: 'OPTIONS',
    path: '/cats',
    resource: '/{proxy+}',
    headers: PREFLIGHT,
    multiValueHeaders: Object.fromEntries(Object.entries(PREFLIGHT).map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    requestContext: { httpMethod: 'OPTIONS', path: '/cats', stage: 'prod', identity: { sourceIp: '192.0.2.1' } },
    body: null,
    isBase64Encoded: false,
  })) as { statusCode: number; headers?: object; multiValueHeaders?: object };
  return inText(answer.statusCode, { ...answer.headers, ...answer.multiValueHeaders });
}

/** A function of Node's request and response, behind the server of its platform. */
async function call(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { status, headers } = await send(port, { method: 'OPTIONS', path: '/cats', headers: PREFLIGHT });
  server.close();
  return inText(status, headers);
}

function inText(status: number, headers: object): string {
  const ofCors = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), [value].flat().join(', ')])
    .filter(([name = '']) => name === 'vary' || name.startsWith('access-control-'));
  return [status, ...ofCors.map(([name, value]) => `${name}: ${value}`)].join('\n');
}

const FUNCTIONS: readonly (readonly [string, Way, (app: INestApplication) => Promise<string>])[] = [
  [
    '@codegenie/serverless-express',
    EXPRESS,
    (app) => {
      const handle = serverlessExpress({ app: app.getHttpAdapter().getInstance() }) as (...args: unknown[]) => unknown;
      return invoke(async (event) => handle(event, {}, () => undefined));
    },
  ],
  [
    'serverless-http',
    EXPRESS,
    (app) => invoke(async (event) => serverlessHttp(app.getHttpAdapter().getInstance())(event, {})),
  ],
  [
    '@fastify/aws-lambda',
    FASTIFY,
    (app) => {
      const handle = fastifyLambda(app.getHttpAdapter().getInstance() as FastifyInstance);
      return invoke(async (event) => handle(event, {}));
    },
  ],
  ['a function of request and response', EXPRESS, (app) => call(app.getHttpAdapter().getInstance() as RequestListener)],
];

describe.each(FUNCTIONS)('docs/guides/serverless.md, with %s', (_, way, answerOf) => {
  it('quotes the answer to a preflight', async () => {
    const options = { origin: 'https://app.example.com', credentials: true, exposedHeaders: ['X-Total'] };
    const app = await createApp(way, rootModule({ controllers: [FewCatsController] }, options));
    await app.init();
    const [quoted = ''] = await quotedIn('guides/serverless.md');
    const [asked, ...answered] = quoted.split('\n\n');
    expect(asked).toBe(['OPTIONS /cats', ...Object.entries(PREFLIGHT).map((field) => field.join(': '))].join('\n'));
    expect(answered).toEqual([await answerOf(app)]);
  });
});

interface Row {
  readonly engine: string;
  readonly fragments: readonly string[];
  readonly links: readonly string[];
}

/** The tables that lead from a few words of a line to the section about it. */
function rowsOf(text: string): readonly Row[] {
  const tables = text.split(/^## /m).find((part) => part.startsWith('Find your line')) ?? '';
  return tables.split(/^### /m).flatMap((table) => {
    const [engine = ''] = /Chromium|Firefox|WebKit/.exec(table.split('\n')[0] ?? '') ?? [];
    return [...table.matchAll(/^\| (.+) \| (.*\]\(#.+) \|$/gm)].map(([, words = '', target = '']) => ({
      engine,
      fragments: [...words.matchAll(/`([^`]+)`/g)].map(([, fragment = '']) => fragment),
      links: [...target.matchAll(/\(#([\w-]+)\)/g)].map(([, link = '']) => link),
    }));
  });
}

/** The lines of an engine in a section, by the section's anchor. */
function linesOf(text: string, anchor: string, engine: string): readonly string[] {
  const section = text.split(/^## /m).find((part) => anchorOf(part.split('\n')[0] ?? '') === anchor) ?? '';
  return [...section.matchAll(new RegExp(`^- \\*\\*${engine}\\*\\* \`(.+)\`$`, 'gm'))].map(([, line = '']) => line);
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}

it('docs/2am.md leads from words of a line to the section that quotes that line', async () => {
  const text = await readFile(new URL('../../../docs/2am.md', import.meta.url), 'utf8');
  const rows = rowsOf(text);
  const astray = rows.flatMap(({ engine, fragments, links }) =>
    fragments.filter((fragment) => {
      const [start = '', end = ''] = fragment.split('…');
      const lines = links.flatMap((link) => linesOf(text, link, engine));
      return !lines.some(
        (line) => line.includes(start) && line.slice(line.indexOf(start) + start.length).includes(end),
      );
    }),
  );
  expect([rows.length, new Set(rows.map(({ engine }) => engine)).size, astray]).toEqual([38, 3, []]);
});
