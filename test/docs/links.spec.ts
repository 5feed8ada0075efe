import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import GithubSlugger from 'github-slugger';
import { type Page, ROOT, writtenPages } from './pages.js';

const withoutCode = (text: string): string => text.replaceAll(/^( *)(`{3,})[^`\n]*\n[\s\S]*?^\1\2$/gm, '');

/** The anchors that GitHub gives to the headings of a page, and the site as well. */
function anchorsOf({ text }: Pick<Page, 'text'>): Set<string> {
  const slugger = new GithubSlugger();
  const headings = withoutCode(text).matchAll(/^#{1,6} (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      slugger.slug(
        heading
          .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
          .replaceAll(/(?<!\w)_([^_]+)_(?!\w)/g, '$1')
          .replaceAll(/[`*]/g, ''),
      ),
    ),
  );
}

/** Links to files of the repository, with the line that has them. */
function linksOf({ text }: Pick<Page, 'text'>): { readonly line: number; readonly target: string }[] {
  // Code keeps its lines, and is not read.
  const prose = text
    .replaceAll(/^( *)(`{3,})[^`\n]*\n[\s\S]*?^\1\2$/gm, (code) => code.replaceAll(/[^\n]/g, ''))
    .replaceAll(/`[^`\n]*`/g, (code) => ' '.repeat(code.length));
  return [...prose.matchAll(/\]\(([^)\s]+)\)|\b(?:href|src|srcset)="([^"]+)"/g)]
    .map(({ 1: written, 2: attribute, index }) => ({
      line: prose.slice(0, index).split('\n').length,
      target: written ?? attribute ?? '',
    }))
    .filter(({ target }) => !/^(?:[a-z]+:|\/)/.test(target));
}

function deadLinksIn(pages: readonly Page[], exists: (path: string) => boolean): string[] {
  const anchors = new Map(pages.map((page) => [page.path, anchorsOf(page)]));
  return pages.flatMap((page) =>
    linksOf(page)
      .filter(({ target }) => {
        const [path = '', hash] = target.split('#');
        const file = path === '' ? page.path : posix.join(posix.dirname(page.path), path);
        // What typedoc writes is there after a build: the test of the site checks it.
        if (file.startsWith('docs/api/')) {
          return false;
        }
        const found = [file, `${file}.md`].find((one) => exists(one));
        return found === undefined || (hash !== undefined && anchors.get(found)?.has(hash) === false);
      })
      .map(({ line, target }) => `${page.path}:${line}: ${target}`),
  );
}

describe('the links of the pages', () => {
  it('lead to a file of the repository, and to a heading of it', async () => {
    const pages = await writtenPages();

    expect(pages.flatMap((page) => linksOf(page)).length).toBeGreaterThan(50);
    expect(deadLinksIn(pages, (path) => existsSync(`${ROOT}${path}`))).toEqual([]);
  });
});

describe('the check of links', () => {
  const check = (text: string): string[] => {
    const two = '# Two\n\n## `a-b` and _c_\n\n## Same\n\n## Same\n\n```\n## no heading\n```\n';
    const pages = [
      { path: 'docs/one.md', text },
      { path: 'docs/two.md', text: two },
    ];
    return deadLinksIn(pages, (path) => pages.some((page) => page.path === path));
  };

  it('is content with files and their headings', () => {
    expect(
      check(
        '# One\n[1](two.md) [2](./two.md#a-b-and-c) [3](#one) [4](./two#same-1) [5](https://x.example/y) `[6](no)`',
      ),
    ).toEqual([]);
  });

  it.each(['three.md', './two.md#three', '#two', 'two.md#no-heading', '../two.md', 'two.md#same-2'])(
    'finds the dead link %s, with its line',
    (target) => {
      expect(check(`# One\n\n[dead](${target})\n`)).toEqual([`docs/one.md:3: ${target}`]);
    },
  );
});
