import { describe, expect, it } from '@jest/globals';
import { type Block, isMarked, placeOf, programsOf } from './blocks.js';
import { differencesOf, exchangesIn } from './exchanges.js';
import { writtenPages } from './pages.js';
import { linesOf, platformsOf, runProgram } from './running.js';

/** Unmarked programs of these pages run in test/recipes and in test/package. */
const RUN_ELSEWHERE = /^(?:README|docs\/(?:guides\/.*|why|2am))\.md$/;

const programs = (await writtenPages())
  .flatMap((page) => programsOf(page))
  .filter(({ block, exchanges }) => isMarked(block) || (exchanges.length > 0 && !RUN_ELSEWHERE.test(block.page)));

const rows = programs.flatMap((program) =>
  platformsOf(program.block).map((platform) => ({ ...program, platform, place: placeOf(program.block) })),
);

describe('the programs of the pages', () => {
  // Each is a process of its own, with the package as it is published.
  it.each(rows)(
    '$place prints and answers what the page says ($platform)',
    async ({ block, exchanges, output, platform }) => {
      const running = await runProgram(block, platform, exchanges.length > 0);
      const differences: string[] = [];
      try {
        for (const exchange of exchanges.flatMap((one) => exchangesIn(one))) {
          const found = await differencesOf(exchange, running.port);
          differences.push(...found.map((one) => `${block.page}:${exchange.request.line}: ${one}`));
        }
      } finally {
        const printed = linesOf(await running.end());
        differences.push(...output.flatMap((one) => unprinted(one, printed)));
      }
      expect(differences).toEqual([]);
    },
    120_000,
  );
});

/** The lines of a block stand together in what was printed; a line `…` stands for any number of lines. */
function unprinted(block: Block, printed: readonly string[]): string[] {
  const text = `\n${printed.join('\n')}\n`;
  let from = 0;
  for (const part of block.code.split(/^\s*…\n/m).filter((one) => one.trim() !== '')) {
    const lines = part.split('\n').map((line) => line.trimEnd());
    const at = text.indexOf(`\n${lines.filter((line) => line !== '').join('\n')}\n`, from);
    if (at < 0) {
      return [`${placeOf(block)}: not printed; it printed:${text}`];
    }
    from = at + part.trimEnd().length + 1;
  }
  return [];
}

describe('an exchange on a page', () => {
  const block = (code: string): Block => ({ page: 'docs/page.md', line: 7, language: 'http', words: [], code });

  it('is a request and its response, each with a body where there is one', () => {
    const text =
      'POST /a HTTP/1.1\nA: b: c\n\n{}\n\nHTTP/1.1 201 Created\n\nGET / HTTP/1.1\n\nHTTP/1.1 200 OK\n\nx\n\ny\n';

    expect(exchangesIn(block(text))).toEqual([
      {
        request: { line: 7, start: 'POST /a HTTP/1.1', headers: [['A', 'b: c']], body: '{}' },
        response: { line: 12, start: 'HTTP/1.1 201 Created', headers: [], body: undefined },
      },
      {
        request: { line: 14, start: 'GET / HTTP/1.1', headers: [], body: undefined },
        response: { line: 16, start: 'HTTP/1.1 200 OK', headers: [], body: 'x\n\ny' },
      },
    ]);
  });

  it.each(['GET / HTTP/1.1\n', 'HTTP/1.1 200 OK\n', 'GET / HTTP/1.1\n\nGET / HTTP/1.1\n', '{}\n'])(
    'is refused by its place if it is only %j',
    (text) => {
      expect(() => exchangesIn(block(text))).toThrow(/^docs\/page\.md:7: /);
    },
  );
});
