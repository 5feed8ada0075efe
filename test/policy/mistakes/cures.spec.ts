import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { CorsConfigError } from '../../../lib/policy/mistakes/config-error.js';
import type { CorsConfigIssue, CorsConfigIssueCode } from '../../../lib/policy/mistakes/issue.js';
import { describeIssue } from '../../../lib/policy/mistakes/issue.js';
import { POLICY_FIELDS } from '../../../lib/policy/layers/policy-values.js';
import { compileLayers } from '../policy-under-test.js';

type Options = Record<string, unknown>;

/** Long enough to be cut where a value is quoted. A cure must not be. */
const LONG = `${'a'.repeat(60)}.${'b'.repeat(60)}.example`;

/** What people write; every row has one mistake at least, which its cure has to end. */
const MISTAKEN: readonly Options[] = [
  { origin: true },
  { origin: true, credentials: true },
  { origin: [true], credentials: true },
  { origin: [true] },
  { origin: '*', credentials: 'true' },
  { origin: '*', credentials: true },
  { origin: ['*', 'https://a.example'] },
  { origin: ['*', 'https://a.example'], credentials: true },
  { origin: 'http://A.example/', credentials: true },
  { origin: ['http://A.example', 'http://b.example:443', 'http://c.example:8080'], credentials: true },
  { origin: 'a.example', credentials: true },
  { origin: 'localhost:3000', credentials: true },
  { origin: '*.a.example', credentials: true },
  { origin: '*.github.io', credentials: true },
  { origin: `HTTPS://${LONG}/` },
  { origin: LONG },
  { origin: `http://${LONG}`, credentials: true },
  { origin: 'HTTPS://*.GITHUB.IO/', credentials: true },
  { origin: 'MOZ-EXTENSION://*/' },
  { origin: 'moz-extension://*', credentials: true },
  { origin: 'null', credentials: true },
  { origin: ['https://a.example', 'null'] },
  { origin: 'http://A.example, https://b.example', credentials: true },
  { origin: ['https://a.example http://B.example/'], credentials: true },
  { origin: 'https://a.example,*' },
  { origin: ['https://a.example', undefined] },
  { origin: ['https://a.example', ''] },
  { origin: '' },
  { origin: 'undefined', credentials: true },
  { origin: ['https://a.example', 'undefined'] },
  { origin: 'true', credentials: true },
  { origin: '/https:\\/\\/a\\.com/', credentials: true },
  { origin: 'https//a.com', credentials: true },
  { origin: 'htps://A.example/', credentials: true },
  { origin: 'HTPP://a.example:80', credentials: true },
  { origin: 'Custom://MyHost/', credentials: true },
  { origin: 'file:///index.html', credentials: true },
  { origin: 'https://a.example', methods: ['AUTO'] },
  { origin: 'https://a.example', methods: 'all' },
  { origin: 'https://a.example', methods: ['GET', 'ANY'] },
  { origin: 'https://a.example', methods: 'Auto' },
  { origin: 'https://a.example', methods: ['*', 'PUT'] },
  { origin: 'https://a.example', methods: ['patch', 'trace', 'P UT'] },
  { origin: 'https://a.example', exposedHeaders: ['*'], credentials: true },
  { origin: 'https://a.example', exposedHeaders: ['*'] },
  { origin: 'https://a.example', exposedHeaders: { add: ['*'] }, credentials: true },
  { origin: 'https://a.example', exposedHeaders: '*', credentials: true },
  { origin: 'https://a.example', exposedHeaders: ['Set-Cookie', 'Origin', 'X A'] },
  { origin: 'https://a.example', allowedHeaders: ['*'], credentials: true },
  { origin: 'https://a.example', allowedHeaders: { add: ['X-A'], also: 1 } },
  { origin: 'https://a.example', allowedHeaders: ['Access-Control-Allow-Origin'] },
  { origin: 'https://a.example', maxAge: '-600' },
  { origin: 'https://a.example', maxAge: 100_000 },
  { origin: 'https://a.example', optionsSuccessStatus: '404' },
  { origin: 'https://a.example', optionsSuccessStatus: 404 },
  { origin: 'https://a.example', maxAgeSeconds: 600 },
  { origin: 'https://a.example', credential: true },
  { origin: 'https://a.example', nothing: true },
  { origin: 'null', dangerouslyAllow: ['nul-origin'] },
];

/** What the sentence of a mistake says to do, done to the options. Undefined where it leaves it to the reader. */
type Cure = (options: Options, issue: CorsConfigIssue, sentence: string) => Options;

function itemAt(path: string): readonly [key: string, index: number | undefined] {
  const found = /^(\w+)(?:\.add)?(?:\[(\d+)\])?$/.exec(path);
  return [found?.[1] ?? '', found?.[2] === undefined ? undefined : Number(found[2])];
}

function change(options: Options, path: string, to: (value: unknown) => readonly unknown[]): Options {
  const [key, index] = itemAt(path);
  const value = options[key];
  const list: unknown =
    typeof value === 'string' && index !== undefined ? value.split(',').map((name) => name.trim()) : value;
  const inner: unknown = typeof list === 'object' && list !== null && 'add' in list ? list.add : list;
  if (index !== undefined && Array.isArray(inner)) {
    return { ...options, [key]: inner.flatMap((each: unknown, i) => (i === index ? to(each) : [each])) };
  }
  return { ...options, [key]: to(value)[0] };
}

/** Wherever it stands, as one origin may have several mistakes. */
function replaceOrigin(options: Options, value: unknown, ...by: readonly string[]): Options {
  const { origin } = options;
  if (Array.isArray(origin)) {
    return {
      ...options,
      origin: origin.flatMap((each: unknown): readonly unknown[] => (each === value ? by : [each])),
    };
  }
  return origin === value ? { ...options, origin: by.length === 1 ? by[0] : by } : options;
}

function quoted(sentence: string): string {
  return JSON.parse(/"(?:[^"\\]|\\.)*"(?=[^"]*$)/.exec(sentence)?.[0] ?? '""') as string;
}

const remove: Cure = (options, { path }) => {
  const [key, index] = itemAt(path);
  if (index !== undefined) {
    return change(options, path, () => []);
  }
  const { [key]: _, ...others } = options;
  return others;
};

const acknowledge: Cure = (options, { code }) => ({
  ...options,
  dangerouslyAllow: [...((options['dangerouslyAllow'] as readonly string[] | undefined) ?? []), code],
});

const alone: Cure = (options, { path }, sentence) => {
  const [key] = itemAt(path);
  return { ...options, [key]: /write "(\w+)" alone/.exec(sentence)?.[1] ?? '*' };
};

const CURES: Partial<Record<CorsConfigIssueCode, Cure>> = {
  'unknown-option': (options, issue, sentence) => {
    const guess = /did you mean ([\w-]+)\?/.exec(sentence)?.[1];
    if (issue.path.startsWith('dangerouslyAllow')) {
      return change(options, issue.path, () => (guess === undefined ? [] : [guess]));
    }
    const { [issue.path]: value, ...others } = options;
    return guess === undefined || guess in others ? others : { ...others, [guess]: value };
  },
  type: (options, { path, value }, sentence) => {
    const number = /write a whole number from (\d+)/.exec(sentence)?.[1];
    const cured = sentence.includes('write true or false')
      ? value === 'true'
      : number === undefined
        ? /'([^']+)'/.exec(sentence)?.[1]
        : Number(number);
    return path === 'allowedHeaders'
      ? { ...options, allowedHeaders: { add: ['X-A'] } }
      : change(options, path, () => [cured]);
  },
  'origin-undefined': (options, issue, sentence) =>
    sentence.includes('or remove it') ? remove(options, issue, sentence) : { ...options, origin: false },
  'origin-invalid': (options, { value }, sentence) => replaceOrigin(options, value, quoted(sentence)),
  'origin-not-serialized': (options, { value }, sentence) => replaceOrigin(options, value, quoted(sentence)),
  'origin-scheme': (options, { path }) => change(options, path, () => ['http://localhost']),
  'null-origin': acknowledge,
  'origin-list-in-string': (options, { value }) => replaceOrigin(options, value, ...String(value).split(/[\s,]+/)),
  'wildcard-among-origins': (options, _, sentence) =>
    sentence.includes('alone') ? { ...options, origin: '*' } : replaceOrigin(options, '*'),
  'public-suffix': acknowledge,
  'any-host-of-scheme': acknowledge,
  'any-origin-with-credentials': (options, _, sentence) =>
    sentence.includes('credentials: false')
      ? { ...options, credentials: false }
      : { ...options, origin: 'https://a.example' },
  'insecure-origin-with-credentials': (options, issue, sentence) => {
    const origin = 'origin' in issue ? issue.origin : '';
    const secure = JSON.parse(/; use ("[^"]*"), or/.exec(sentence)?.[1] ?? '""') as string;
    return replaceOrigin(options, origin, secure);
  },
  'method-invalid': (options, issue, sentence) =>
    sentence.includes(' alone')
      ? alone(options, issue, sentence)
      : change(options, issue.path, () => [quoted(sentence)]),
  'method-forbidden': remove,
  'method-case': (options, { path }, sentence) =>
    change(options, path, () => [/write (?:")?([A-Z]+)/.exec(sentence)?.[1]]),
  'header-invalid': (options, issue, sentence) =>
    sentence.includes(' alone')
      ? alone(options, issue, sentence)
      : sentence.includes('remove it')
        ? remove(options, issue, sentence)
        : change(options, issue.path, () => [quoted(sentence)]),
  'header-forbidden': remove,
  'expose-any-with-credentials': (options) => ({ ...options, exposedHeaders: ['X-A'] }),
  'max-age': (options) => ({ ...options, maxAge: 86_400 }),
  status: (options) => ({ ...options, optionsSuccessStatus: 200 }),
};

/** The rank of a cure that others build on. */
function rank({ code }: CorsConfigIssue): number {
  return code === 'origin-list-in-string' ? 0 : 1;
}

/** All of what one start prints is done, the last item of a list first, so that the places of the others stay. */
function cured(options: Options): { readonly next: Options; readonly found: readonly CorsConfigIssue[] } {
  const { issues } = compileLayers(options);
  const { issues: found } = new CorsConfigError(issues);
  let next = options;
  for (const issue of found.toReversed().toSorted((a, b) => rank(a) - rank(b))) {
    const cure = CURES[issue.code];
    if (cure === undefined) {
      throw new Error(`nobody can do what ${issue.code} says`);
    }
    next = cure(next, issue, describeIssue(issue));
  }
  return { next, found };
}

describe('the cures, done as printed,', () => {
  it.each(MISTAKEN)('end the mistakes of %j', (options) => {
    const { next, found } = cured(options);
    expect(found.length).toBeGreaterThan(0);
    expect({ next, again: compileLayers(next).issues.map(describeIssue) }).toEqual({ next, again: [] });
  });

  it.each([
    [[{ credentials: true }, { maxAge: 1 }], /add origin \(such as 'https:\/\/app\.example\.com'/],
    [[{}, { maxAge: 1 }], /add origin \('\*' for any origin/],
    [[{ credentials: true }, { origin: true }], /'https:\/\/app\.example\.com' \('\*' cannot\)/],
    [[{ origin: true }], /write '\*' for any origin$/],
  ])('are others where credentials are inherited: %j', (layers, cure) => {
    const [root, ...others] = layers;
    expect(compileLayers(root ?? {}, ...others).issues.map(describeIssue)).toEqual([expect.stringMatching(cure)]);
  });

  it('are shown all at once: each insecure origin, not only the first', () => {
    const { issues } = compileLayers({ origin: ['http://a.example', 'http://b.example'] }, { credentials: true });
    expect(new CorsConfigError(issues).message).toMatch(/"http:\/\/a\.example".*\n.*"http:\/\/b\.example"/);
  });

  it('of an origin lead to one that is accepted, whatever was written', () => {
    const text = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.domain(),
      fc.stringMatching(/^[A-Za-z]{0,6}:?\/{0,2}(\*\.)?[A-Za-z0-9.-]{1,12}\.?(:[0-9*]{0,6})?[/?#]?$/),
    );
    fc.assert(
      fc.property(text, (origin) => {
        for (const issue of compileLayers({ origin }).issues) {
          const right =
            issue.code === 'origin-not-serialized'
              ? issue.right
              : issue.code === 'origin-invalid'
                ? issue.suggestion
                : undefined;
          if (right !== undefined) {
            const codes = compileLayers({ origin: right }).issues.map(({ code }) => code);
            expect(codes.filter((code) => code !== 'any-host-of-scheme')).toEqual([]);
          }
        }
      }),
      { seed: 20_261_125, numRuns: 2000 },
    );
  });
});

describe('the fields', () => {
  it('that take text have a row of mistakes', () => {
    const fields = new Set(MISTAKEN.flatMap((options) => Object.keys(options)));
    expect([...fields]).toEqual(
      expect.arrayContaining(POLICY_FIELDS.filter((field) => !/Timeout|Continue|enforce/.test(field))),
    );
  });
});
