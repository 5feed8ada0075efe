/** The README's smallest program, run as it stands, and every exchange that is shown of it, to the letter. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Module, Put } from '@nestjs/common';
import { Cors, CorsModule, type CorsPolicyOptions } from 'nestjs-cors';

import { README, startReadmeProgram, type ReadmeProgram } from '../support/readme-program.js';
import { requestText, sendBytes } from '../support/raw-socket.js';
import { portOf, startApp } from '../support/running-app.js';
import { BOTH_PLATFORMS, EXPRESS } from '../support/ways.js';

/** What a server says of itself and of the body, which the README leaves out. */
const UNSHOWN = /^(?:date|connection|keep-alive|x-powered-by|content-type|etag)$/;

interface Exchange {
  readonly line: string;
  readonly asked: readonly string[];
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** The exchanges of a block; where two stand side by side, the left one and the right one. */
function exchangesIn(block: string): Exchange[] {
  const lines = block.trimEnd().split('\n');
  const columns = /^\S+ \S+ \S+ {2,}(?=\S)/.exec(lines[0] ?? '')?.[0].length;
  const texts =
    columns === undefined
      ? [lines]
      : [lines.map((line) => line.slice(0, columns)), lines.map((line) => line.slice(columns))];
  return texts.map((text) => {
    const [request = '', answer = ''] = text
      .map((line) => line.trim())
      .join('\n')
      .trim()
      .split('\n\n');
    const [first = '', ...asked] = request.split('\n');
    const [status = '', ...headers] = answer.split('\n');
    return {
      line: first.replace(/ HTTP\/1\.1$/, ''),
      asked,
      status: Number(status.split(' ')[1]),
      headers: Object.fromEntries(headers.map((header) => header.split(': '))) as Record<string, string>,
    };
  });
}

const EXCHANGES = [...README.matchAll(/^```http\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) => exchangesIn(block));

describe.each(BOTH_PLATFORMS)('the smallest program of the README, on %s', (_, way) => {
  let program: ReadmeProgram;

  beforeAll(async () => {
    program = await startReadmeProgram(way);
  });

  afterAll(async () => program.close());

  it('listens on the port that the README names', () => {
    expect(program.port).toBe(3000);
  });

  it.each(EXCHANGES)('answers $line, $asked, as the README shows it', async ({ line, asked, status, headers }) => {
    const [answer] = await sendBytes(portOf(program.app), requestText(line, ...asked));
    const shown = Object.entries(answer?.headers ?? {}).filter(
      ([name]) => !UNSHOWN.test(name) && (name !== 'content-length' || answer?.body === ''),
    );

    expect(answer?.status).toBe(status);
    expect(Object.fromEntries(shown)).toEqual(
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    );
  });
});

describe('the README', () => {
  it('shows mistakes with the text that the application prints', async () => {
    const misspelt = { allowHeaders: ['X-Trace'] } as CorsPolicyOptions;

    @Controller('cats')
    class CatsController {
      @Put(':id')
      @Cors(misspelt)
      update(): void {}
    }

    @Module({ imports: [CorsModule.forRoot({ origin: 'https://App.example.com' })], controllers: [CatsController] })
    class AppModule {}

    const [, shown = ''] = /^```\n(CorsConfigError: [\s\S]*?)\n```$/m.exec(README) ?? [];
    const error: unknown = await startApp(EXPRESS, AppModule).catch((reason: unknown) => reason);

    expect(`CorsConfigError: ${(error as Error).message}`).toBe(shown);
  });

  it('shows two preflights and two more exchanges of its program', () => {
    expect(EXCHANGES.map(({ line }) => line)).toEqual([
      'OPTIONS /cats/1',
      'OPTIONS /cats/1',
      'GET /cats',
      'GET /nowhere',
    ]);
  });
});
