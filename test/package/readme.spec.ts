import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * What a block without any `import` may use: a fragment reads better without them. Anything else that it needs, the
 * block declares, or it says `js`.
 */
const FRAGMENT_SCOPE = [
  `import { Body, Controller, Delete, Get, Injectable, Module, Options, Patch, Post, Put, Query, Sse } from '@nestjs/common';`,
  `import { NestFactory } from '@nestjs/core';`,
  `import { Test } from '@nestjs/testing';`,
  `import { CORS_OPTIONS, Cors, CorsConfigError, CorsInterceptor, CorsModule, CorsService, originList } from 'nestjs-cors';`,
  `import type { CorsModuleOptions, CorsOptionsFactory, CorsOriginQuestion, CorsOriginResolver } from 'nestjs-cors';`,
  `import { pageAt } from 'nestjs-cors/testing';`,
].join(' ');

interface Block {
  readonly page: string;
  /** The line of the page on which its code begins, from 1. */
  readonly line: number;
  readonly code: string;
}

function blocksOf(markdown: string, page = 'README.md'): Block[] {
  return [...markdown.matchAll(/^( *)```ts\b.*\n([\s\S]*?)^\1```$/gm)].map((match) => ({
    page,
    line: markdown.slice(0, match.index).split('\n').length + 1,
    code: match[2] ?? '',
  }));
}

/** Compiles all blocks as modules of one program, in the place of the package's own sources; errors by page and line. */
function errorsIn(blocks: readonly Block[]): string[] {
  const config = ts.getParsedCommandLineOfConfigFile(`${ROOT}tsconfig.json`, undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
    },
  });
  if (config === undefined) {
    throw new Error('tsconfig.json cannot be read');
  }

  const texts = new Map<string, string>(
    blocks.map(({ page, line, code }) => {
      const scope = /^\s*import\b/m.test(code) ? '' : FRAGMENT_SCOPE;
      return [`${ROOT}${page.replaceAll('/', '-')}:${line}.ts`, `${scope}${'\n'.repeat(line - 1)}${code}`];
    }),
  );
  const options: ts.CompilerOptions = { ...config.options, moduleDetection: ts.ModuleDetectionKind.Force };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile: read } = host;
  host.fileExists = (name) => texts.has(name) || fileExists(name);
  host.readFile = (name) => texts.get(name) ?? read(name);
  host.getSourceFile = (name, target) => {
    const text = host.readFile(name);
    return text === undefined ? undefined : ts.createSourceFile(name, text, target);
  };

  const program = ts.createProgram([...texts.keys()], options, host);
  return [...texts.keys()].flatMap((name) => {
    const file = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((diagnostic) => {
      const { line } = ts.getLineAndCharacterOfPosition(file ?? diagnostic.file!, diagnostic.start ?? 0);
      return `${name.slice(ROOT.length).replace(/:\d+\.ts$/, '')}:${line + 1}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`;
    });
  });
}

describe('the pages that the README leads to', () => {
  it('show only TypeScript that compiles', async () => {
    const guides = (await readdir(`${ROOT}docs/guides`)).map((name) => `guides/${name}`);
    const pages = ['2am.md', 'why.md', 'common-mistakes.md', 'limits.md', 'options.md', 'tenants.md', ...guides];
    const blocks = pages.map(async (page) => blocksOf(await readFile(`${ROOT}docs/${page}`, 'utf8'), page));

    expect(errorsIn((await Promise.all(blocks)).flat())).toEqual([]);
  });
});

describe('README.md', () => {
  let readme: string;

  beforeAll(async () => {
    readme = await readFile(`${ROOT}README.md`, 'utf8');
  });

  it('shows only TypeScript that compiles', () => {
    expect(errorsIn(blocksOf(readme))).toEqual([]);
  });

  it.each(['npm ci && npm start', 'npm ci && npm test'])('has the command line `%s` by itself', (command) => {
    expect(readme.split('\n')).toContain(command);
  });

  it('reaches code above line 20', () => {
    expect(blocksOf(readme)[0]?.line ?? Infinity).toBeLessThan(20);
  });
});

describe('the README check', () => {
  it('names the line of a call that does not compile', () => {
    const readme = [
      '# Title',
      '',
      '```ts',
      "import { Module } from '@nestjs/common';",
      '@Modul({})',
      'class A {}',
      '```',
    ];

    expect(errorsIn(blocksOf(readme.join('\n')))).toEqual([
      expect.stringMatching(/^README\.md:5: Cannot find name 'Modul'/),
    ]);
  });

  it('finds indented blocks and leaves other languages alone', () => {
    const readme = ['```js', 'one', '```', '- item', '  ```ts', '  two', '  ```', '```ts title="x"', 'three', '```'];

    expect(blocksOf(readme.join('\n'))).toEqual([
      { page: 'README.md', line: 6, code: '  two\n' },
      { page: 'README.md', line: 9, code: 'three\n' },
    ]);
  });
});
