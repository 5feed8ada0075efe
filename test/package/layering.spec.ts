import { readdir, readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { importsOf, layeringMistakes, sourceOf, type SourceText } from './import-graph.js';

const LIB = new URL('../../lib/', import.meta.url);
const MANIFEST = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));

async function filesOfLib(): Promise<SourceText[]> {
  const paths = await readdir(fileURLToPath(LIB), { recursive: true });
  const sources = paths.filter((path) => /\.c?ts$/.test(path)).toSorted();
  return Promise.all(sources.map(async (path) => ({ path, text: await readFile(new URL(path, LIB), 'utf8') })));
}

describe('lib', () => {
  it('keeps the arrows policy ← routing ← nest and those of the rooms, and its files short', async () => {
    const files = await filesOfLib();

    expect(files.length).toBeGreaterThan(10);
    expect(layeringMistakes(files, MANIFEST)).toEqual([]);
  });
});

/** What is loaded with the playground, types aside: files, and packages and modules of Node by their names. */
async function reachedByPlayground(): Promise<ReadonlyMap<string, string>> {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const pages = await readdir(`${root}page/playground`, { recursive: true });
  const waiting = pages
    .filter((path) => path.endsWith('.ts') && path !== 'build.ts' && !path.endsWith('.d.ts'))
    .map((path) => `page/playground/${path}`);
  const reached = new Map<string, string>(waiting.map((path) => [path, '']));
  for (const path of waiting) {
    const text = await readFile(root + path, 'utf8');
    for (const { specifier } of importsOf({ path, text }).filter(({ typeOnly }) => !typeOnly)) {
      const target = specifier.startsWith('.') ? sourceOf(posix.join(posix.dirname(path), specifier)) : specifier;
      if (!reached.has(target)) {
        reached.set(target, path);
        // The two modules that a build for browsers replaces by equal ones, and its styles.
        if (target.endsWith('.ts') && target !== 'lib/packages/node.ts') {
          waiting.push(target);
        }
      }
    }
  }
  return reached;
}

describe('the playground', () => {
  it('reaches nothing of Node or Nest in lib, and of packages what may be loaded in a browser', async () => {
    const reached = await reachedByPlayground();
    const others = [...reached].filter(([target]) => !/^(?:lib|page)\//.test(target));

    expect([...reached.keys()]).toEqual(
      expect.arrayContaining(['lib/policy/compile.ts', 'lib/testing/fetching.ts', 'lib/packages/on-demand.cts']),
    );
    expect(others.map(([target]) => target).toSorted()).toEqual([
      '@eslint-community/regexpp',
      'path-to-regexp',
      'tldts',
    ]);
    // Loaded when it is needed.
    expect(reached.get('tldts')).toBe('page/playground/browser/on-demand.ts');
  });
});

describe('the layering check', () => {
  const check = (...files: [path: string, text: string][]): string[] =>
    layeringMistakes(
      files.map(([path, text]) => ({ path, text })),
      MANIFEST,
    );

  it('is content with arrows that point the right way', () => {
    expect(
      check(
        ['packages/p.cts', `import type { parse } from 'tldts'; const load = () => require('tldts');`],
        ['policy/a.ts', `import packages from '../packages/p.cjs';`],
        ['routing/b.ts', `import { a } from '../policy/a.js';`],
        ['nest/c.cts', `import http = require('node:http');`],
        [
          'nest/c.ts',
          `import { b } from '../routing/b.js'; import c from './c.cjs'; import { Module } from '@nestjs/common';`,
        ],
        ['testing/t.ts', `import { type A } from '../policy/a.js';`],
        ['testing/index.ts', `export { t } from './t.js';`],
        ['index.ts', `export { c } from './nest/c.js';`],
      ),
    ).toEqual([]);
  });

  it.each<[string, [path: string, text: string][], string]>([
    [
      'an arrow turned round',
      [
        ['policy/a.ts', `import { b } from '../routing/b.js';`],
        ['routing/b.ts', ''],
      ],
      'policy/a.ts imports routing/b.ts',
    ],
    [
      'an arrow turned round in a type',
      [
        ['routing/b.ts', `type C = import('../nest/c.js').C;`],
        ['nest/c.ts', ''],
      ],
      'routing/b.ts imports nest/c.ts',
    ],
    [
      'testing knowing nest',
      [
        ['testing/t.ts', `export * from '../nest/c.js';`],
        ['nest/c.ts', ''],
      ],
      'testing/t.ts imports nest/c.ts',
    ],
    [
      'a room knowing a later one',
      [
        ['nest/routes/r.ts', `import { p } from '../platform/express/p.js';`],
        ['nest/platform/express/p.ts', ''],
      ],
      'nest/routes/r.ts imports nest/platform/express/p.ts',
    ],
    [
      'a new room',
      [['policy/helpers/h.ts', '']],
      'policy/helpers/h.ts: lib/policy/helpers has no place in the line of rooms',
    ],
    [
      'a cycle',
      [
        ['nest/c.ts', `import { d } from './d.js';`],
        ['nest/d.ts', `import type { c } from './c.js';`],
      ],
      'cycle: nest/c.ts → nest/d.ts → nest/c.ts',
    ],
    [
      'an index imported',
      [
        ['nest/c.ts', `import { t } from '../policy/index.js';`],
        ['policy/index.ts', ''],
      ],
      'nest/c.ts imports the index policy/index.ts',
    ],
    [
      'policy knowing requests',
      [['policy/a.ts', `import { METHODS } from 'node:http';`]],
      'policy/a.ts imports node:http',
    ],
    ['routing knowing Node', [['routing/r.ts', `import path from 'node:path';`]], 'routing/r.ts imports node:path'],
    [
      'policy knowing Nest',
      [['policy/a.ts', `import { Type } from '@nestjs/common';`]],
      'policy/a.ts imports @nestjs/common',
    ],
    [
      'an undeclared package',
      [['nest/c.ts', `const e = await import('express');`]],
      'nest/c.ts imports express, which package.json does not declare',
    ],
    [
      "a platform's package, which an app on the other platform has not installed",
      [['nest/c.ts', `import type { ExpressAdapter } from '@nestjs/platform-express/adapters/index.js';`]],
      'nest/c.ts imports @nestjs/platform-express, which package.json does not declare',
    ],
    [
      'a package loaded by all that only some apps need',
      [['nest/c.ts', `import { parse } from 'tldts';`]],
      'nest/c.ts imports tldts, which only packages/on-demand.cts requires',
    ],
    ['a long file', [['nest/c.ts', '\n'.repeat(301)]], 'nest/c.ts: 301 lines, more than 300'],
    [
      'a second style',
      [['nest/c.ts', 'class C {\n  private c = 1;\n}']],
      'nest/c.ts: private members begin with #: private c = 1;',
    ],
    ['a missing file', [['nest/c.ts', `import './gone.js';`]], 'nest/c.ts: ./gone.js is no file of lib'],
    ['a new folder', [['utils/u.ts', '']], 'utils/u.ts: lib/utils is no layer of this house'],
  ])('sees %s', (_title, files, mistake) => {
    expect(check(...files)).toEqual([mistake]);
  });

  it('finds imports in every form they come in', () => {
    const text = `
      import 'a'; import b from 'b'; import type c from 'c'; import { type d } from 'd'; import * as e from 'e';
      export * from 'f'; export type { g } from 'g'; import h = require('h');
      const i = import('i'); type J = typeof import('j'); const k = require('k');`;

    expect(importsOf({ path: 'x.ts', text })).toEqual(
      'abcdefghijk'.split('').map((specifier) => ({ specifier, typeOnly: 'cdgj'.includes(specifier) })),
    );
  });
});
