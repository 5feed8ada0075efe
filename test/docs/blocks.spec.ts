import { describe, expect, it } from '@jest/globals';
import { blocksOf, placeOf, programsOf, unansweredIn } from './blocks.js';
import { errorsIn } from './compiling.js';
import { writtenPages } from './pages.js';

const pages = await writtenPages();

describe('the pages', () => {
  it('are found', () => {
    expect(pages.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['README.md', 'SECURITY.md', 'docs/start.md', 'docs/guides/cookies.md']),
    );
  });

  it('show only TypeScript that compiles', () => {
    const blocks = pages.flatMap((page) => blocksOf(page)).filter(({ language }) => language === 'ts');

    expect(blocks.length).toBeGreaterThan(30);
    expect(errorsIn(blocks)).toEqual([]);
  }, 240_000);

  it('show no code by another name, as it would not be compiled', () => {
    const blocks = pages
      .flatMap((page) => blocksOf(page))
      .filter(({ language }) => /^(?:[cm]?js|[cm]ts|[jt]sx|javascript|typescript)$/.test(language));

    expect(blocks.map(placeOf)).toEqual([]);
  });

  it('show no exchange that no program of theirs answers', () => {
    expect(pages.flatMap((page) => unansweredIn(page))).toEqual([]);
  });
});

const page = (...lines: string[]) => ({ path: 'docs/page.md', text: lines.join('\n') });

describe('the check of TypeScript', () => {
  it('names the line of a call that does not compile', () => {
    const blocks = blocksOf(
      page('# Title', '', '```ts', "import { Module } from '@nestjs/common';", '@Modul({})', 'class A {}', '```'),
    );

    expect(errorsIn(blocks)).toEqual([expect.stringMatching(/^docs\/page\.md:5: Cannot find name 'Modul'/)]);
  });
});

describe('the blocks of a page', () => {
  it('have their line, language and words, also where they are indented', () => {
    const text = page('```', 'one', '```', '- item', '  ```ts run A=b', '  two', '    {}', '  ```', '```http', '```');

    expect(blocksOf(text)).toEqual([
      { page: 'docs/page.md', line: 2, language: '', words: [], code: 'one\n' },
      { page: 'docs/page.md', line: 6, language: 'ts', words: ['run', 'A=b'], code: 'two\n  {}\n' },
      { page: 'docs/page.md', line: 10, language: 'http', words: [], code: '' },
    ]);
  });

  it('belong to the program before them', () => {
    const fence = (info: string, code = '') => [`\`\`\`${info}`, code, '```'];
    const text = page(
      ...['text', 'ts run', 'http', 'sh', 'http', 'text', 'ts'].flatMap((info) => fence(info)),
      ...fence('ts', 'const app = await NestFactory.create(AppModule);'),
      ...['http', 'text'].flatMap((info) => fence(info)),
    );

    expect(
      programsOf(text).map(({ block, exchanges, output }) => [
        block.line,
        exchanges.map(({ line }) => line),
        output.map(({ line }) => line),
      ]),
    ).toEqual([
      [5, [8, 14], [17]],
      [23, [26], []],
    ]);
  });

  it('answer no request without a program', () => {
    expect(unansweredIn(page('```ts', '```', '```http', '```'))).toEqual([
      'docs/page.md:4: no program answers this; write ```ts run before the program that does',
    ]);
  });
});
