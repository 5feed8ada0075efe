import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';

import { APPS, filesOf, listApps } from './applications.js';
import { surprises, verdictOf, type Exchange } from './exchanges.js';

type Answers = Readonly<Record<string, readonly Exchange[]>>;

const START = fileURLToPath(new URL('running/start-apps.cjs', import.meta.url));
const COMPILE = fileURLToPath(new URL('running/compile-apps.cjs', import.meta.url));
const names = await listApps();
const moved = (
  await Promise.all(
    names.map(async (name) => {
      const after = await filesOf(join(APPS, name, 'after'));
      return [...after.values()].some((text) => text.includes("nestjs-cors'") || text.includes('nestjs-cors"'))
        ? name
        : undefined;
    }),
  )
).filter((name) => name !== undefined);

/** What is different, and named in docs/migrating.md or in the report of the migration. */
const KNOWN: Readonly<Record<string, readonly RegExp[]>> = {
  // Longer than any browser keeps it; the report says so.
  '04-fastify-option': [/604800 s → .* 86400 s$/],
  // Middleware on a route did not see its preflights, which were a 404.
  '20-route-middleware': [/^OPTIONS \/orders for GET with .* from https:\/\/partner.example.com: blocked → readable/],
};

async function answersOf(side: string): Promise<Readonly<Record<string, Answers>>> {
  const folders = moved.map((name) => join(APPS, name, side));
  const { stdout } = await promisify(execFile)(process.execPath, [START, ...folders], { maxBuffer: 2 ** 28 });
  const results: Readonly<Record<string, Answers>> = JSON.parse(/^RESULTS (.*)$/m.exec(stdout)?.[1] ?? '{}');
  return Object.fromEntries(moved.map((name) => [name, results[join(APPS, name, side)] ?? {}]));
}

describe('a migrated application', () => {
  let before: Readonly<Record<string, Answers>> = {};
  let after: Readonly<Record<string, Answers>> = {};

  beforeAll(async () => {
    [before, after] = await Promise.all([answersOf('before'), answersOf('after')]);
  }, 180_000);

  it.each(moved)('%s starts, and answers browsers as before, but for what the docs name', (name) => {
    const mains = Object.keys(before[name] ?? {});

    expect(mains.length).toBeGreaterThan(0);
    expect(Object.keys(after[name] ?? {})).toEqual(mains);
    for (const main of mains) {
      const [old, now] = [before[name]?.[main] ?? [], after[name]?.[main] ?? []];
      expect(now).toHaveLength(old.length);
      // Not only refusals are compared.
      expect(now.map(verdictOf)).toContainEqual(expect.stringMatching(/^readable/));
      expect(surprises(old, now, KNOWN[name] ?? [])).toEqual([]);
    }
  });

  it('compiles', async () => {
    const folders = moved.map((name) => join(APPS, name, 'after'));
    const { stdout } = await promisify(execFile)(process.execPath, [COMPILE, ...folders]);

    expect(JSON.parse(stdout)).toEqual([]);
  });
});

describe('the comparison', () => {
  const answer = (headers: Record<string, string>): Exchange => ({
    path: '/',
    origin: 'https://a.example',
    method: 'GET',
    answer: { status: 200, headers },
  });

  it('notices that an origin is no longer allowed, and that credentials are', () => {
    const open = answer({ 'access-control-allow-origin': '*' });
    const echoed = answer({
      'access-control-allow-origin': 'https://a.example',
      'access-control-allow-credentials': 'true',
    });

    expect(surprises([open], [answer({})], [])).toEqual([
      'GET / from https://a.example: readable, exposes nothing → blocked',
    ]);
    expect(surprises([open], [echoed], [])).toHaveLength(1);
    expect(surprises([open], [open], [])).toEqual([]);
  });
});
