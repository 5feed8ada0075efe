import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { blocksOf } from '../docs/blocks.js';
import { ROOT } from '../docs/pages.js';

// What its blocks of code say, is checked with those of all pages, in test/docs.
describe('README.md', () => {
  let readme: string;

  beforeAll(async () => {
    readme = await readFile(`${ROOT}README.md`, 'utf8');
  });

  it.each(['npm ci && npm start', 'npm ci && npm test'])('has the command line `%s` by itself', (command) => {
    expect(readme.split('\n')).toContain(command);
  });

  it('reaches code above line 20', () => {
    const code = blocksOf({ path: 'README.md', text: readme }).find(({ language }) => language === 'ts');
    expect(code?.line ?? Infinity).toBeLessThan(20);
  });
});
