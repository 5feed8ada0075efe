import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { METHODS } from 'node:http';

import type { OrderedEntry } from '../../lib/routing/ordered-entry.js';
import { UNCERTAIN_ROUTE, type Route } from '../../lib/routing/route.js';
import {
  ExpressRoutes,
  isPattern,
  readPathname,
  type AskedWith,
  type RouterSettings,
  type Written,
} from './express-routes.js';

/** Few letters, so that patterns and URLs meet; every construct of path-to-regexp's syntax, so that bounds of segments blur. */
const TEXTS = ['a', 'b', 'A', 'ab', 'a.b', 'a-b', '%20', '%C3%A9', 'é', '\\:a', '~', ';x', 'k', '\u212A'];
const PARTS = [
  ...TEXTS,
  ':x',
  ':y',
  ':"a b"',
  '*x',
  '{a}',
  '{:x}',
  '{/a}',
  '{/:x}',
  '{/}',
  '{/a/:x}',
  '{{/a}/b}',
  '{b/}',
];
const URL_PARTS = [
  'k',
  'K',
  'a',
  'b',
  'A',
  'ab',
  'a.b',
  'a-b',
  'aab',
  '%20',
  '%C3%A9',
  '%c3%a9',
  '%zz',
  ':a',
  '~',
  ';x',
  'é',
  '',
  '%2F',
];

const segment = fc.array(fc.constantFrom(...PARTS), { minLength: 0, maxLength: 3 }).map((parts) => parts.join(''));
const path = fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`);
const odd = fc.constantFrom<unknown>(
  '',
  '//',
  '/',
  'a',
  ':x/a',
  '{/a}',
  '*x',
  /^\/a/,
  /b$/i,
  ['/a', '/:x/b'],
  [/^\/b/, '/a'],
);
const pattern = fc.oneof({ weight: 6, arbitrary: path }, { weight: 1, arbitrary: odd }).filter(isPattern);
const REGISTERED = ['GET', 'POST', 'HEAD', 'OPTIONS', 'ALL'];
const ASKED_METHODS = ['GET', 'POST', 'HEAD', 'OPTIONS', 'PROPFIND', 'get', '', '__proto__'];

const own: fc.Arbitrary<Written> = fc.record({
  pattern,
  method: fc.constantFrom(...REGISTERED),
  host: fc.constantFrom(undefined, undefined, 'a.example'),
  version: fc.constantFrom(undefined, undefined, '1', '2', 'unreadable'),
});
/** What no controller registered knows nothing of hosts and versions. */
const foreign: fc.Arbitrary<Written> = fc.record({
  pattern,
  method: fc.constantFrom(...REGISTERED),
  foreign: fc.constant(true),
  passesOn: fc.boolean(),
});
const written = fc.oneof({ weight: 4, arbitrary: own }, { weight: 1, arbitrary: foreign });
const settings: fc.Arbitrary<RouterSettings> = fc.record({ caseSensitive: fc.boolean(), strict: fc.boolean() });
const asked: fc.Arbitrary<AskedWith> = fc.record({
  host: fc.constantFrom('a.example', 'b.example'),
  version: fc.constantFrom(undefined, '1', '2', '3'),
});
const urlSegment = fc.array(fc.constantFrom(...URL_PARTS), { maxLength: 2 }).map((parts) => parts.join(''));
const target = fc
  .tuple(
    fc.constantFrom('', '', '', '', 'http://h.example', 'HTTP://h:80'),
    fc.array(urlSegment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`),
    fc.constantFrom('', '', '?q=/a', '?', '#f'),
  )
  .map((parts) => parts.join(''));
const url = fc.oneof({ weight: 9, arbitrary: target }, { weight: 1, arbitrary: fc.constantFrom('*', 'a', '//h/a') });
const method = fc.constantFrom(...ASKED_METHODS);

/** What Express does, without any index: every entry is asked, in order. A match that cannot be decoded is a match. */
function matchingEntries(entries: readonly OrderedEntry[], name: string, asking: string): readonly OrderedEntry[] {
  const pathname = readPathname(asking);
  return pathname === undefined
    ? []
    : entries.filter(({ methods, matches }) => servesMethod(methods, name) && matchesOrThrows(matches, pathname));
}

function servesMethod(methods: ReadonlySet<string> | undefined, name: string): boolean {
  // What Node's parser does not know reaches no handler, nor that of a route for all methods.
  if (methods === undefined) {
    return METHODS.includes(name);
  }
  return methods.has(name) || (name === 'HEAD' && methods.has('GET'));
}

function matchesOrThrows(matches: OrderedEntry['matches'], pathname: string): boolean {
  try {
    return matches(pathname);
  } catch {
    return true;
  }
}

function takesHost({ takesHost: test }: Route, { host = '' }: AskedWith): boolean {
  return test === undefined || test(host);
}

function foundByScan(entries: readonly OrderedEntry[], asking: AskedWith): Route | undefined {
  for (const { route } of entries.filter((entry) => takesHost(entry.route, asking))) {
    const selected = route.selects === undefined ? true : route.selects(asking);
    if (selected !== false) {
      return selected === undefined ? UNCERTAIN_ROUTE : route;
    }
  }
  return undefined;
}

/** Up to the first that takes every request; what may pass a request on counts only where nothing else does. */
function candidatesByScan(entries: readonly OrderedEntry[], asking: AskedWith): readonly Route[] {
  const taking = entries.filter(({ route }) => takesHost(route, asking));
  const last = taking.findIndex(({ route, passesOn }) => !route.selective && !passesOn);
  const tried = last === -1 ? taking : taking.slice(0, last + 1);
  const firm = tried.filter(({ passesOn }) => !passesOn);
  return (firm.length > 0 ? firm : tried).map(({ route }) => route);
}

const RUNS = { numRuns: 200 };

describe('the table of an ordered router', () => {
  it('names the same routes as a plain scan over every matcher of Express, whatever the patterns and the target', () => {
    fc.assert(
      fc.property(
        fc.array(written, { minLength: 1, maxLength: 8 }),
        settings,
        fc.array(fc.record({ method, url, asked }), { minLength: 1, maxLength: 8 }),
        (list, router, questions) => {
          const express = new ExpressRoutes(list, router);
          for (const question of questions) {
            const matching = matchingEntries(express.entries, question.method, question.url);
            const found = express.find(question.method, question.url, question.asked);
            expect(found).toBe(foundByScan(matching, question.asked));
            expect(express.candidates(question.method, question.url, question.asked)).toEqual(
              candidatesByScan(matching, question.asked),
            );
          }
        },
      ),
      RUNS,
    );
  });

  it('names the route whose handler Express runs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          written.filter(({ version, passesOn }) => version !== 'unreadable' && passesOn !== true),
          { minLength: 1, maxLength: 6 },
        ),
        settings,
        fc.constantFrom('GET', 'POST', 'HEAD', 'PROPFIND'),
        url,
        asked,
        async (list, router, name, asking, request) => {
          const express = new ExpressRoutes(list, router);
          const reached = await express.dispatch(name, asking, request);
          // An escape that cannot be decoded is answered 400 on behalf of some pattern: there is no handler to name.
          if (reached !== 'failed') {
            expect(express.find(name, asking, request)).toBe(reached);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('tells at once that no route matches a URL, whatever their methods, and never of one that some route matches', () => {
    fc.assert(
      fc.property(fc.array(written, { minLength: 1, maxLength: 6 }), settings, url, (list, router, asking) => {
        const express = new ExpressRoutes(list, router);
        const everyMethod = express.entries.map((entry) => ({ ...entry, methods: new Set(['ANY']) }));
        expect(express.table.mayServe(asking)).toBe(matchingEntries(everyMethod, 'ANY', asking).length > 0);
      }),
      { numRuns: 100 },
    );
  });

  it('lists the route that takes the request among its candidates', () => {
    fc.assert(
      fc.property(
        fc.array(own, { minLength: 1, maxLength: 8 }),
        settings,
        method,
        url,
        asked,
        (list, router, name, asking, request) => {
          const express = new ExpressRoutes(list, router);
          const candidates = express.candidates(name, asking, request);
          const found = express.find(name, asking, request);
          expect(found === undefined || found === UNCERTAIN_ROUTE || candidates.includes(found)).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });
});
