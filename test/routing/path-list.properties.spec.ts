import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import path from 'node:path';

import { PathList, isDisputed, type PathEntry } from '../../lib/routing/path-list.js';
import { DEFAULT_TARGET_SETTINGS, type TargetSettings } from '../../lib/routing/target-readings.js';
import { ExpressRoutes, readPathname } from './express-routes.js';
import { createRouter } from './fastify-routes.js';

const RUNS = 1000;

/** What targets are made of: names of entries, and all that readers differ in. */
const PIECES = [
  'admin',
  'ADMIN',
  'adm%69n',
  '%61dmin',
  'admin.',
  'public',
  'Public',
  'x',
  'h',
  '%EF%BD%81dmin',
  '/',
  '/',
  '/',
  '//',
  '\\',
  '%2f',
  '%2F',
  '%5c',
  '%252f',
  '/..',
  '/.',
  '%2e%2e',
  '..',
  '/%2e%2e/',
  '%2e',
  ';',
  ';x',
  '%3b',
  '#',
  '%23',
  '%3f',
  '%00',
  '%zz',
  '%',
  '%20',
  '%25',
  '?',
  '?/../admin',
  'http://h',
  '//..',
  '%2f..',
  '%0b',
  '%1f',
  '%E2%80%8B',
  '::$DATA',
  '.',
];
const target = fc.array(fc.constantFrom(...PIECES), { maxLength: 7 }).chain((pieces) =>
  // Others do not arrive: HTTP/1 and HTTP/2 know no target without a slash or a scheme before it.
  fc.constantFrom('/', '/', '/', '/public/', '/public/../', '//h/', 'http://h').map((first) => first + pieces.join('')),
);

const settings: fc.Arbitrary<Omit<TargetSettings, 'readUnusual'>> = fc.record({
  caseSensitive: fc.boolean(),
  strict: fc.boolean(),
  joinsSlashes: fc.boolean(),
  cutsAtSemicolon: fc.boolean(),
});

describe('an entry that closes', () => {
  it('counts for every target that some chain of readings leads there', () => {
    fc.assert(
      fc.property(target, settings, (asked, how) => {
        const list = listOf([entry('/public{/*rest}'), entry('/admin{/*rest}', true), entry('/{*rest}')], how);
        if (readingsOf(asked).some(isAdmin)) {
          expect(isShut(list, asked)).toBe(true);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('counts for a single name as well', () => {
    fc.assert(
      fc.property(target, settings, (asked, how) => {
        const list = listOf([entry('/public{/*rest}'), entry('/admin', true), entry('/{*rest}')], how);
        if (readingsOf(asked).some((reading) => /^\/admin\/?$/.test(reading))) {
          expect(isShut(list, asked)).toBe(true);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('an entry that opens', () => {
  it('counts only for a target that Express reads so, raw and decoded', () => {
    fc.assert(
      fc.property(target, fc.boolean(), fc.boolean(), (asked, caseSensitive, strict) => {
        const readUnusual = readPathname;
        const list = listOf([entry('/public/:x')], { caseSensitive, strict, readUnusual });
        if (!isOpened(list, asked)) {
          return;
        }
        const routes = new ExpressRoutes([{ pattern: '/public/:x', method: 'GET' }], { caseSensitive, strict });
        const [layer] = routes.entries;
        const raw = readPathname(asked) ?? '';
        expect([matches(layer?.matches, raw), matches(layer?.matches, servedAs(raw))]).toEqual([true, true]);
      }),
      { numRuns: RUNS },
    );
  });

  it('counts only for a target that Fastify routes so', () => {
    fc.assert(
      fc.property(target, settings, (asked, how) => {
        const list = listOf([entry('/public/:x')], how);
        const router = createRouter({
          caseSensitive: how.caseSensitive,
          ignoreTrailingSlash: !how.strict,
          ignoreDuplicateSlashes: how.joinsSlashes,
          useSemicolonDelimiter: how.cutsAtSemicolon,
          onBadUrl: () => undefined,
        });
        router.on('GET', '/public/:x', {}, () => {
          throw new Error('only asked');
        });
        if (isOpened(list, asked) && !/%(?![0-9a-f]{2})/i.test(asked)) {
          expect(router.find('GET', asked, {})).not.toBeNull();
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('does count for plain targets, so that the others mean something', () => {
    const how = { caseSensitive: true, strict: true };
    expect(
      ['/public/x', '/public/%C3%A9', '/Public/x', '/public/x/'].map((asked) =>
        isOpened(listOf([entry('/public/:x')], how), asked),
      ),
    ).toEqual([true, true, false, false]);
    expect(isShut(listOf([entry('/admin', true)], how), '/x')).toBe(false);
  });
});

/**
 * Every step that some reader takes; in any order, up to four of them. Nobody decodes more than twice, or takes more than one
 * host away: the first two steps.
 */
const STEPS: readonly (readonly [most: number, step: (text: string) => string])[] = [
  [
    2,
    (text) => text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString()),
  ],
  [1, (text) => text.replace(/^\/{2,}[^/]*/, '')],
  [4, (text) => text.replaceAll('\\', '/')],
  [4, (text) => text.replaceAll(/;[^/]*/g, '')],
  [4, (text) => text.replace(/;.*$/s, '')],
  [4, (text) => text.replace(/[?#\0].*$/s, '')],
  [4, (text) => text.replace(/^https?:\/\/[^/]*/i, '')],
  [4, (text) => path.posix.normalize(text)],
  [4, (text) => text.normalize('NFKC')],
  // With double slashes
  [4, withoutDots],
  [4, (text) => (URL.canParse(text, 'http://h') ? new URL(text, 'http://h').pathname : text)],
  [2, (text) => text.replaceAll(/%(?!2f|5c)[2-7][0-9a-f]/gi, decodeURIComponent)],
  [1, (text) => text.replaceAll(/[\p{Cc}\u200b]/gu, '')],
];

/** RFC 3986, 5.2.4 */
function withoutDots(text: string): string {
  const kept: string[] = [];
  const segments = text.replace(/^\//, '').split('/');
  for (const [index, segment] of segments.entries()) {
    if (segment === '..') {
      kept.pop();
    } else if (segment !== '.') {
      kept.push(segment);
    }
    if (index === segments.length - 1 && /^\.\.?$/.test(segment)) {
      kept.push('');
    }
  }
  return `/${kept.join('/')}`;
}

interface Reading {
  readonly text: string;
  readonly taken: readonly number[];
}

function readingsOf(asked: string): readonly string[] {
  const query = asked.indexOf('?');
  const found = new Set([query === -1 ? asked : asked.slice(0, query)]);
  let last: readonly Reading[] = [...found].map((text) => ({ text, taken: STEPS.map(() => 0) }));
  for (let depth = 0; depth < 4; depth += 1) {
    last = last.flatMap(({ text, taken }) =>
      STEPS.flatMap(([most, step], index): Reading[] => {
        const next = step(text);
        const times = (taken[index] ?? 0) + 1;
        return next === text || times > most ? [] : [{ text: next, taken: taken.with(index, times) }];
      }),
    );
    last.forEach(({ text }) => found.add(text));
  }
  // A file system has the last word.
  return [...found].flatMap((text) => {
    const onWindows = text.replaceAll(/:[^:/]*:\$[^/]*/g, '').replaceAll(/(?<=[^/.\s])[. ]+(?=\/|$)/g, '');
    return [text, onWindows, path.posix.normalize(onWindows)].map((reading) => reading.toLowerCase());
  });
}

function isAdmin(reading: string): boolean {
  return reading === '/admin' || reading.startsWith('/admin/');
}

function servedAs(raw: string): string {
  return path.posix.normalize((STEPS[0]?.[1](raw) ?? raw).replaceAll('\\', '/'));
}

function matches(test: ((pathname: string) => boolean) | undefined, pathname: string): boolean {
  try {
    return test?.(pathname) === true;
  } catch {
    // The route is matched, and answers 400 for a parameter that cannot be decoded.
    return true;
  }
}

function entry(pattern: string, closes = false): PathEntry<string> {
  return { where: pattern, path: pattern, methods: undefined, closes, value: pattern };
}

function listOf(entries: readonly PathEntry<string>[], how: Partial<TargetSettings>): PathList<string> {
  return new PathList(entries, { ...DEFAULT_TARGET_SETTINGS, ...how });
}

function isShut(list: PathList<string>, asked: string): boolean {
  const claim = list.find('GET', asked);
  return (isDisputed(claim) ? claim.claims : [claim]).some((each) => each?.closes === true);
}

function isOpened(list: PathList<string>, asked: string): boolean {
  const claim = list.find('GET', asked);
  return claim !== undefined && !isDisputed(claim);
}
