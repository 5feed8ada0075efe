/** The programs of the documentation run, and the exchanges that it shows are those that take place. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { fileURLToPath } from 'node:url';

import { send, type Answer } from '../../support/http-client.js';
import { BOTH_PLATFORMS, EXPRESS, FASTIFY, type Way } from '../../support/ways.js';
import { stage, type Started } from './page-nest-factory.js';
import { programsOf, type Exchange, type PageProgram } from './page-program.js';

const DOCS = fileURLToPath(new URL('../../../docs/', import.meta.url));
const FOLDER = fileURLToPath(new URL('.programs/', import.meta.url));

/** Every page that may hold programs: those beside the guides are added by name. */
const PAGES = [...readdirSync(`${DOCS}guides`).map((name) => `guides/${name}`), 'why.md', '2am.md'].filter(
  (name) => name.endsWith('.md') && existsSync(`${DOCS}${name}`),
);

mkdirSync(FOLDER, { recursive: true });
const running = new Set<Started>();
afterAll(async () => {
  await Promise.all([...running].map(async ({ nest }) => nest.close()));
  rmSync(FOLDER, { recursive: true });
});

/** A program that names no platform has to do the same on both. */
function waysOf(code: string): readonly Way[] {
  if (/@nestjs\/platform-fastify/.test(code)) {
    return [FASTIFY];
  }
  return /@nestjs\/platform-express|from 'express'/.test(code) ? [EXPRESS] : BOTH_PLATFORMS.map(([, way]) => way);
}

async function start(page: string, { line, code, module }: PageProgram, way: Way): Promise<Started> {
  const file = `${FOLDER}${page.replaceAll('/', '-')}-${line}-${way.platform}.ts`;
  const ownModule = file.replace(/\.ts$/, '.module.ts');
  if (module !== undefined) {
    writeFileSync(ownModule, module);
  }
  // Whatever else it does, it does to the same application.
  writeFileSync(
    file,
    code
      .replace("{ NestFactory } from '@nestjs/core'", "{ NestFactory } from '../page-nest-factory.js'")
      .replace("'./app.module.js'", `'${ownModule}'`),
  );
  stage.way = way;
  stage.started = undefined;
  await import(file);
  const started = stage.started as Started | undefined;
  if (started === undefined) {
    throw new Error(`The program at line ${line} does not listen, or imports NestFactory beside something else`);
  }
  running.add(started);
  return started;
}

/** What the page shows: these headers, all headers of CORS, and the body if there is one. */
function shown(exchange: Exchange, { status, headers, cors, body }: Answer): object {
  const named = Object.keys(exchange.headers).map((name) => [name, joined(headers[name])] as const);
  const all: Record<string, unknown> = { ...Object.fromEntries(named), ...cors };
  for (const [name, pattern] of Object.entries(exchange.headers)) {
    all[name] = alike(pattern, all[name]);
  }
  return { status, headers: all, ...(exchange.body !== undefined && { body: alike(exchange.body, body.trim()) }) };
}

function joined(value: string | readonly string[] | undefined): string | undefined {
  return value === undefined ? undefined : [value].flat().join(', ');
}

/** The pattern itself, if the text is like it. JSON may be laid out for readers. */
function alike(pattern: string, text: unknown): unknown {
  if (/^[[{]/.test(pattern) && !pattern.includes('…')) {
    return JSON.stringify(JSON.parse(pattern)) === text ? pattern : text;
  }
  const parts = pattern.split('…').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return typeof text === 'string' && new RegExp(`^${parts.join('[^]+')}$`).test(text) ? pattern : text;
}

describe.each(PAGES)('docs/%s', (page) => {
  const programs = programsOf(readFileSync(`${DOCS}${page}`, 'utf8'));
  const runs = programs.flatMap((program) =>
    waysOf(program.code).map((way) => [program.line, String(way), program, way] as const),
  );

  if (runs.length === 0) {
    it('shows no program', () => {
      expect(programs).toEqual([]);
    });
  } else {
    it.each(runs)('does what it shows, with the program at line %i, on %s', async (_line, _title, program, way) => {
      const { port } = await start(page, program, way);
      for (const exchange of program.exchanges) {
        const { line, method, path, requestHeaders: headers, requestBody, status, headers: expected, body } = exchange;
        const answer = await send(port, {
          method,
          path,
          headers,
          ...(requestBody !== undefined && { body: requestBody }),
        });
        expect({ line, ...shown(exchange, answer) }).toEqual({
          line,
          status,
          headers: expected,
          ...(body !== undefined && { body }),
        });
      }
    });
  }
});

describe('the check of pages', () => {
  const exchange = (response: string): string =>
    `\`\`\`ts\n(await NestFactory.create(A)).listen(1)\n\`\`\`\n\n\`\`\`http\nGET / HTTP/1.1\nOrigin: https://a.example\n\n${response}\n\`\`\`\n`;
  const answer: Answer = { status: 200, headers: { etag: '"1"' }, cors: { vary: 'Origin' }, body: 'a' };
  const judged = (response: string): unknown => {
    const [shownExchange] = programsOf(exchange(response)).flatMap(({ exchanges }) => exchanges);
    return shownExchange && [shown(shownExchange, answer), shownExchange.headers];
  };

  it('takes what is shown, and all headers of CORS, from the answer', () => {
    expect(judged('HTTP/1.1 200 OK\nETag: "…"')).toEqual([
      { status: 200, headers: { etag: '"…"', vary: 'Origin' } },
      { etag: '"…"' },
    ]);
    expect(judged('HTTP/1.1 200 OK\nVary: Accept\n\nb')).toEqual([
      { status: 200, headers: { vary: 'Origin' }, body: 'a' },
      { vary: 'Accept' },
    ]);
  });

  it('refuses an exchange without a program, and a request without a response', () => {
    expect(() => programsOf('```http\nGET / HTTP/1.1\n\nHTTP/1.1 200 OK\n```\n')).toThrow('no program above');
    expect(() => judged('')).toThrow('not as many responses');
  });

  it('knows every status of the pages', () => {
    const statuses = PAGES.flatMap((page) => [
      ...readFileSync(`${DOCS}${page}`, 'utf8').matchAll(/^HTTP\/1\.1 (\d+) (.+)$/gm),
    ]);
    expect(statuses.filter(([, status, reason]) => STATUS_CODES[status ?? ''] !== reason).map(String)).toEqual([]);
  });
});
