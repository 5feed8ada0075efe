import { describe, expect, it } from '@jest/globals';
import { checkOrigin } from 'nestjs-cors';

import { adviceOn, readStoredOrigins } from '../../../lib/policy/origins/stored-origins.js';

const A = 'https://a.example';

function read(list: readonly unknown[]) {
  const { open, strict, issues, strictIssues } = readStoredOrigins(list, 'Tenants');
  const told = (found: typeof issues): string[] => found.map((issue) => `${issue.path} ${issue.code}`);
  return {
    open: (origin: string) => open.matches(origin),
    strict: (origin: string) => strict.matches(origin),
    issues: told(issues),
    strictIssues: told(strictIssues),
    isOne: open === strict,
    advice: issues.map((issue) => adviceOn(issue)),
  };
}

describe('a list that was stored', () => {
  it('has origins and patterns, matched as those of the configuration', () => {
    const list = read([A, 'https://*.b.example', 'https://c.example:*', 'capacitor://localhost']);
    const allowed = [A, 'https://x.y.b.example', 'https://c.example', 'https://c.example:81', 'capacitor://localhost'];
    expect(allowed.filter((origin) => !list.open(origin) || !list.strict(origin))).toEqual([]);
    const refused = ['https://b.example', 'https://evilb.example', 'http://a.example', 'null', '', A.toUpperCase()];
    expect(refused.filter((origin) => list.open(origin) || list.strict(origin))).toEqual([]);
    expect([list.issues, list.strictIssues, list.isOne]).toEqual([[], [], true]);
  });

  it('is nobody where it is empty', () => {
    expect(read([]).open(A)).toBe(false);
  });

  it.each<[string, unknown, string]>([
    ['no string', 42, 'type'],
    ['null', null, 'type'],
    ['a RegExp', /https:\/\/a\.example/, 'type'],
    ['a function', () => true, 'type'],
    ['the token of a resolver', { resolver: 'x' }, 'type'],
    [
      'an object that throws',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no');
          },
        },
      ),
      'type',
    ],
    ['nothing', undefined, 'origin-undefined'],
    ['an empty string', '', 'origin-undefined'],
    ['mixed case', 'HTTPS://A.Example', 'origin-not-serialized'],
    ['a path', 'https://b.example/', 'origin-not-serialized'],
    ['its default port', 'https://b.example:443', 'origin-not-serialized'],
    ['an internationalised name', 'https://bücher.example', 'origin-not-serialized'],
    ['no scheme', 'b.example', 'origin-invalid'],
    ['a word', '__proto__', 'origin-invalid'],
    ['15 KB', `https://${'a'.repeat(15_000)}.example`, 'origin-invalid'],
    ['a word of JavaScript', 'True', 'origin-invalid'],
    ['a value that was missing', 'undefined', 'origin-undefined'],
    ['a template without its value', 'https://undefined', 'origin-undefined'],
    ['a template that nothing has filled in', 'https://${HOST}', 'origin-invalid'],
    ['a RegExp as text', '/https:\\/\\/b\\.example/', 'origin-invalid'],
    ['several in one', 'https://b.example, https://c.example', 'origin-list-in-string'],
    ['a file', 'file:///index.html', 'origin-scheme'],
    ['null as a string', 'null', 'null-origin'],
    ['a star in the wrong place', 'https://b.*.example', 'wildcard-position'],
    ['any host', 'moz-extension://*', 'any-host-of-scheme'],
    ['everyone among others', '*', 'wildcard-among-origins'],
  ])('leaves a row out that is %s, and no other', (_, row, code) => {
    const list = read([row, A]);
    expect(list.issues).toEqual([`[0] ${code}`]);
    expect([list.open(A), list.strict(A), list.open('https://b.example'), list.open('null')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    // Nothing that only the configuration can do is a cure for a row.
    expect(list.advice.join()).not.toMatch(/dangerouslyAllow|originList/);
  });

  it.each([
    ['that is not encrypted', 'http://b.example', 'http://b.example', 'insecure-origin-with-credentials'],
    ['below which anyone registers names', 'https://*.github.io', 'https://x.github.io', 'public-suffix'],
    ['below which there are suffixes', 'https://*.amazonaws.com', 'https://x.amazonaws.com', 'public-suffix'],
  ])('leaves a row out for policies with credentials %s', (_, row, origin, code) => {
    const list = read([A, row]);
    expect([list.open(origin), list.strict(origin), list.strict(A)]).toEqual([true, false, true]);
    expect([list.issues, list.strictIssues]).toEqual([[], [`[1] ${code}`]]);
  });

  it('lists what only policies with credentials leave out, behind however many other mistakes', () => {
    const bad = Array.from({ length: 30 }, () => 'nowhere');
    const list = read([...bad, 'http://a.example']);
    expect([list.open('http://a.example'), list.strict('http://a.example')]).toEqual([true, false]);
    expect(list.issues).toHaveLength(20);
    expect(list.strictIssues).toEqual(['[30] insecure-origin-with-credentials']);
  });

  it('lets everyone in where that is all it says, without credentials', () => {
    const list = read(['*']);
    expect([list.open(A), list.strict(A)]).toEqual([true, false]);
    expect(list.strictIssues).toEqual(['[0] any-origin-with-credentials']);
  });

  it('takes loopback as it is', () => {
    expect(read(['http://localhost:3000']).strict('http://localhost:3000')).toBe(true);
  });

  it('takes thousands of origins, ten thousand at most', () => {
    const origins = Array.from({ length: 10_001 }, (_, index) => `https://page-${index}.example`);
    const list = read(origins);
    expect([list.open(origins[9999] ?? ''), list.open(origins[10_000] ?? '')]).toEqual([true, false]);
    expect([list.issues, list.advice]).toEqual([
      [' type'],
      ['10001 does not belong here; write at most 10000 origins'],
    ]);
  });

  it('keeps some of its issues, and leaves all of the rows out', () => {
    const list = read([...Array.from({ length: 1000 }, () => 'http://B.example'), A]);
    expect(list.issues.length).toBeLessThanOrEqual(20);
    expect([list.open('http://b.example'), list.open(A)]).toEqual([false, true]);
  });

  it('is read once, and is not changed by what becomes of its rows', () => {
    const rows = [A];
    const list = read(rows);
    rows[0] = 'https://b.example';
    expect([list.open(A), list.open('https://b.example')]).toEqual([true, false]);
  });

  it('has an end, whatever its iterator says, and reads what can be read', () => {
    const endless = new Proxy([A, A, 'https://b.example'], {
      get: (target, key, receiver): unknown => {
        if (key === '0') {
          throw new Error('no');
        }
        return key === Symbol.iterator
          ? function* () {
              for (;;) {
                yield A;
              }
            }
          : Reflect.get(target, key, receiver);
      },
    });
    const list = read(endless);
    expect([list.open(A), list.open('https://b.example')]).toEqual([true, true]);
    expect(list.issues).toEqual(['[0] origin-undefined']);

    const long = new Proxy([A], { get: (target, key) => (key === 'length' ? 2 ** 32 - 1 : Reflect.get(target, key)) });
    expect(read(long).open(A)).toBe(true);
    const lying = new Proxy([A], { get: (target, key) => (key === 'length' ? '7' : Reflect.get(target, key)) });
    expect(() => read(lying)).not.toThrow();
  });
});

describe('checkOrigin()', () => {
  it.each<[string, unknown, string | undefined]>([
    ['another case', 'HTTPS://App.Example.com/', 'https://app.example.com'],
    ['a default port', 'https://app.example.com:443', 'https://app.example.com'],
    ['an internationalised name', 'https://Bücher.example', 'https://xn--bcher-kva.example'],
    ['no scheme', 'app.example.com', 'https://app.example.com'],
    ['no encryption', 'http://app.example.com', 'https://app.example.com'],
    ['neither', 'HTTP://App.example.com:80/', 'https://app.example.com'],
    ['a slash after an app', 'custom://MyHost/', 'custom://MyHost'],
    ['a wildcard in front of an app', 'custom://*.MyHost', undefined],
    ['a host that no browser writes like this', 'custom://bücher', undefined],
    ['a word', 'false', undefined],
    ['a RegExp as text', '/https:\\/\\/a\\.com/', undefined],
    ['no colon', 'https//App.example.com', 'https://app.example.com'],
    ['two origins', 'https://a.example https://b.example', undefined],
    ['nothing', '', undefined],
    ['everyone', '*', undefined],
    ['a suffix', 'https://*.github.io', undefined],
    ['15 KB', 'a'.repeat(15_000), undefined],
    ['no string', 42, undefined],
    ['no string either', null, undefined],
  ])('says what is wrong with %s, and what is right where it can', (_, text, suggestion) => {
    const issues = checkOrigin(text);
    expect(issues.length).toBeGreaterThan(0);
    for (const issue of issues) {
      expect(issue.suggestion).toBe(suggestion);
      expect(issue.message).not.toMatch(/dangerouslyAllow|originList|undefined/);
    }
    if (suggestion !== undefined) {
      expect(checkOrigin(suggestion)).toEqual([]);
    }
  });

  it.each([
    A,
    'https://*.example.com',
    'https://example.com:*',
    'http://localhost:3000',
    'app://.',
    'custom://MyHost',
    'safari-web-extension://7D8E0A1C-0B1D-4C2E-9F3A-5B6C7D8E9F0A',
  ])('finds nothing wrong with %s', (text) => {
    expect(checkOrigin(text, { credentials: true })).toEqual([]);
    expect(read([text]).strict(text.replace('*.', 'a.').replace(':*', ''))).toBe(true);
  });

  it.each([
    [
      'undefined',
      'origin-undefined',
      '"undefined" is not an origin; write one such as "https://app.example.com", or remove it',
    ],
    [
      'https://undefined',
      'origin-undefined',
      '"https://undefined" is not an origin; write one such as "https://app.example.com", or remove it',
    ],
    [
      'https://<your host>',
      'origin-invalid',
      '"https://<your host>" is not an origin; write one such as "https://app.example.com", or a pattern such as "https://*.example.com"',
    ],
    [
      'false',
      'origin-invalid',
      '"false" is not an origin; write one such as "https://app.example.com", or a pattern such as "https://*.example.com"',
    ],
    [
      '/a\\.com/',
      'origin-invalid',
      '"/a\\\\.com/" is not an origin; write one such as "https://app.example.com", or a pattern such as "https://*.example.com"',
    ],
  ])('makes no host of %j', (text, code, message) => {
    expect(checkOrigin(text)).toEqual([{ code, message, suggestion: undefined }]);
  });

  it('is less strict without credentials', () => {
    expect(checkOrigin('http://app.example.com', { credentials: false })).toEqual([]);
    expect(checkOrigin('http://app.example.com', { credentials: true })).toEqual([
      {
        code: 'insecure-origin-with-credentials',
        message:
          'anyone on the network can be "http://app.example.com", which is not encrypted; use "https://app.example.com"',
        suggestion: 'https://app.example.com',
      },
    ]);
    expect(checkOrigin('HTTP://app.example.com', { credentials: false })).toEqual([
      {
        code: 'origin-not-serialized',
        message: '"HTTP://app.example.com" is not how browsers write it; use "http://app.example.com"',
        suggestion: 'http://app.example.com',
      },
    ]);
  });

  it('writes nothing raw', () => {
    expect(checkOrigin('https://a.example\u001b[2J\u202e')[0]?.message).toMatch(/^[\x20-\x7e]+$/);
  });
});
