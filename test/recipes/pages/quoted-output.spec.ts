/** What pages quote that is not an exchange: errors, tables, and the calls of a page. */
import { describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, Header, Headers, Put, VersioningType, type INestApplication } from '@nestjs/common';
import { Cors } from 'nestjs-cors';
import { pageAt, policyTable } from 'nestjs-cors/testing';
import { readFile } from 'node:fs/promises';
import { runInNewContext } from 'node:vm';

import { log } from '../../support/log-capture.js';
import { createApp, rootModule } from '../../support/running-app.js';
import { EVERY_WAY, type Way } from '../../support/ways.js';

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

@Controller('orders')
class OrdersController {
  @Get() @Header('X-Total-Count', '2') list(@Headers('cookie') cookie = 'none'): string {
    return cookie;
  }
}

describe.each(EVERY_WAY)('docs/guides/cookies.md, on %s', (_, way) => {
  it('has a call with which the page sends its cookie and reads the answer', async () => {
    const options = { origin: 'https://app.example.com', credentials: true, exposedHeaders: ['ETag', 'X-Total-Count'] };
    const app = await createApp(way, rootModule({ controllers: [OrdersController] }, options));
    await app.init();
    const text = await readFile(new URL('../../../docs/guides/cookies.md', import.meta.url), 'utf8');
    const [, call = ''] = /^```ts\n(const response = await fetch[^]*?)^```$/m.exec(text) ?? [];
    const page = pageAt('https://app.example.com');
    page.cookies.set('sid=1; Secure', 'https://api.example.com');
    const fetch = async (url: string, init: Parameters<typeof page.fetch>[2]): Promise<Response> =>
      page.fetch(app, url, init);

    const response = (await runInNewContext(`(async () => {\n${call}\nreturn response;\n})()`, { fetch })) as Response;

    expect([await response.text(), response.headers.get('x-total-count')]).toEqual(['sid=1', '2']);
    const without = await page.fetch(app, 'https://api.example.com/orders');
    expect(await without.text()).toBe('none');
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
