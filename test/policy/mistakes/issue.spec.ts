import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { CorsConfigError } from '../../../lib/policy/mistakes/config-error.js';
import { describeIssue, type CorsConfigIssue, type CorsConfigIssueCode } from '../../../lib/policy/mistakes/issue.js';
import { quotedValue, safeText } from '../../../lib/policy/mistakes/safe-text.js';

type Details = Record<string, unknown>;

/** Every code with its data, and a word of the cure. The keys do not compile unless there is one for each code. */
const sentences: Record<CorsConfigIssueCode, readonly (readonly [Details, RegExp])[]> = {
  'unknown-option': [
    [{ guess: 'origin' }, /^"v" is not known here; did you mean origin\?$/],
    [{ guess: undefined }, /; remove it$/],
  ],
  type: [[{ expected: 'true or false' }, /^"v" does not belong here; write true or false$/]],
  'unknown-policy': [
    [{ guess: 'w', suggestion: undefined }, /did you mean w\?$/],
    [{ guess: undefined, suggestion: undefined }, /; add it there$/],
    [{ guess: 'w', suggestion: '{ origin: "v" }' }, /did you mean \{ origin: "v" \}\?$/],
  ],
  'nested-use': [
    [{ suggestion: undefined }, /write the options themselves in place of "v"$/],
    [{ suggestion: '{ origin: "v" }' }, /^"v" is an origin, .*did you mean \{ origin: "v" \}\?$/],
  ],
  'opens-nothing': [
    [{ named: undefined }, /add origin, or remove these options$/],
    [{ named: 'w' }, /^the policy "w" is false.*remove them, or use another policy$/],
  ],
  'nothing-to-extend': [[{}, /remove \{ add \}, or write the whole list$/]],
  'origin-missing': [
    [{ credentials: false }, /add origin \('\*' for any origin, false for none\)$/],
    [{ credentials: true }, /add origin \(such as 'https:\/\/app\.example\.com', or false for none\)$/],
  ],
  'origin-undefined': [
    [{}, /^is "v".*set it, or write false.*originList/],
    [
      { path: 'origin[1]' },
      /set it, or remove it, or make it optional: originList\(value, \{ optional: true \}\), with \.\.\. before it/,
    ],
  ],
  'origin-invalid': [
    [{ suggestion: undefined }, /write scheme:\/\/host/],
    [{ suggestion: 'https://v' }, /did you mean "https:\/\/v"\?$/],
    [{ suggestion: undefined, value: 'true' }, /^"true" is a word, not an origin; write an origin such as "[^"]*"$/],
    [{ suggestion: undefined, value: ' None ' }, /, or false without quotes to allow no origin$/],
    [{ suggestion: undefined, value: '3000' }, /^"3000" is a number, not an origin; write an origin such as "[^"]*"$/],
    [{ suggestion: undefined, value: 'Any' }, /, or '\*', without credentials, to allow any origin$/],
    [
      { suggestion: undefined, value: "'self'" },
      /^"'self'" is a word, .* \(pages of the app's own origin need no CORS\)$/,
    ],
    [
      { suggestion: undefined, value: '/a\\.b/' },
      /is a RegExp written as text; write it without quotes or, .* "https:\/\/\*\.example\.com"$/,
    ],
    [
      { suggestion: undefined, value: '^https://a$' },
      /is a RegExp written as text; write it between slashes and without quotes or, /,
    ],
    [{ suggestion: undefined, value: `^${'a'.repeat(1000)}` }, /is not a valid origin; write scheme:\/\/host/],
    [{ suggestion: undefined, value: 7 }, /^7 is not a valid origin; write scheme:\/\/host/],
  ],
  'origin-not-serialized': [[{ right: 'https://v' }, /^"v" is not how browsers write it; use "https:\/\/v"$/]],
  'origin-scheme': [[{}, /serve the page from http:\/\/localhost$/]],
  'null-origin': [[{}, /name the origins, or .*'null-origin'/]],
  'origin-list-in-string': [
    [{ value: 'a, b' }, /; write a list, or originList\(value\) for/],
    [{ value: 'a b' }, /; write a list; in an environment variable, separate them by commas for originList\(value\)$/],
    [{ path: 'origin[0]', value: 'a,b' }, /; write each as an item of its own, or \.\.\.originList\(value\) for/],
    [
      { path: 'origin[0]', value: 'a,b c' },
      /; write each as an item of its own; in an environment variable, separate them by commas for originList\(value\)$/,
    ],
  ],
  'any-host-of-scheme': [
    [{ scheme: 'moz-extension' }, /with the scheme moz-extension, .*name the hosts, or .*'any-host-of-scheme'/],
  ],
  'wildcard-among-origins': [
    [{ alone: true }, /write '\*' alone, or remove it$/],
    [{ alone: false }, /remove '\*', which cannot go with credentials either$/],
  ],
  'wildcard-position': [[{}, /https:\/\/\*\.example\.com/]],
  'public-suffix': [
    [
      { origin: 'o', originFrom: 'there', credentialsFrom: 'here' },
      /"o" \(inherited from there\), and the policy has credentials; .*'public-suffix'/,
    ],
  ],
  'any-origin-with-credentials': [
    [
      { path: 'credentials', origin: '*', originFrom: 'there', credentialsFrom: 'here' },
      /^cannot be true while origin is "\*" \(inherited from there\); name the origins$/,
    ],
    [
      { path: 'credentials', origin: '*', originFrom: 'here', credentialsFrom: 'here' },
      /^cannot be true while origin is "\*"; name the origins$/,
    ],
    [
      { path: 'origin', origin: '*', originFrom: 'here', credentialsFrom: 'there' },
      /^"\*" cannot go with credentials \(inherited from there\); write credentials: false here, or name the origins$/,
    ],
  ],
  'insecure-origin-with-credentials': [
    [
      { origin: 'o', originFrom: 'here', credentialsFrom: 'there' },
      /"o" is not encrypted.*credentials \(inherited from there\); use "o", or .*'insecure-origin-with-credentials'/,
    ],
  ],
  'regexp-unsafe': [[{}, /use a pattern .*'regexp-unsafe'/]],
  'regexp-too-wide': [
    [
      { value: /x/, stranger: 'https://a.com' },
      /^\/x\/ also accepts "https:\/\/a\.com", which it does not spell out; write the domain out, use a pattern such as "https:\/\/\*\.example\.com", or if this is intended, add dangerouslyAllow: \['regexp-too-wide'\]$/,
    ],
    [{ value: /x/ }, /^\/x\/ also accepts other hosts, which it does not spell out; write the domain out, /],
    [
      { value: /x/, stranger: 'chrome-extension://a' },
      /"chrome-extension:\/\/a", which it does not spell out; write each host out, or use "chrome-extension:\/\/\*" for all of them, or /,
    ],
    [
      { value: /x/, obstacle: 'look-around' },
      /^\/x\/ cannot be proven to reject other sites, as it has a look-around; /,
    ],
    [{ value: /x/, obstacle: 'back-reference' }, /, as it has a back-reference; write it without that, use a pattern /],
    [{ value: /x/, obstacle: 'syntax' }, /, as it has syntax that cannot be analysed; /],
    [{ value: /x/, obstacle: 'size' }, /, as it is too complex to be analysed; .*'regexp-too-wide'\]$/],
    [
      {
        value: /x/,
        stranger: 'http://a.example.com',
        withCredentials: { origin: '/x/', originFrom: 'C.f', credentialsFrom: 'forRoot' },
      },
      /^\/x\/ \(inherited from C\.f\) also accepts "http:\/\/a\.example\.com", which is neither https nor loopback, with credentials \(inherited from forRoot\); begin it with https:\\\/\\\/, or .*'regexp-too-wide'\]$/,
    ],
    [
      {
        stranger: 'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
        withCredentials: { origin: '/x/', originFrom: 'forRoot', credentialsFrom: 'forRoot' },
      },
      /; write the origins of extensions and apps as strings, such as "chrome-extension:\/\/abcdefghijklmnopabcdefghijklmnop", or /,
    ],
    [
      { obstacle: 'size', withCredentials: { origin: '/x/', originFrom: 'forRoot', credentialsFrom: 'forRoot' } },
      /^\/x\/ .*cannot be proven to accept https only, with credentials.*, as it is too complex to be analysed; use /,
    ],
  ],
  'regexp-matches-nothing': [
    [
      { value: /example\.com$/ },
      /^no origin matches \/example\\\.com\$\/, as a RegExp has to match the whole origin; write the scheme, .*"https:\/\/\*\.example\.com"$/,
    ],
  ],
  'regexp-dot': [[{}, /write \\\., or .*'regexp-dot'/]],
  'resolver-missing': [
    [{ isProvided: false }, /add it to the providers/],
    [{ isProvided: true }, /has no method allowsOrigin\(\); add it/],
  ],
  'resolver-ambiguous': [[{}, /provide it in one module/]],
  'resolver-scoped': [[{}, /make it a static provider$/]],
  'method-invalid': [
    [{ keyword: false }, /write one such as "PUT"$/],
    [{ keyword: true, value: 'AUTO' }, /write "auto" alone, as a string$/],
    [{ keyword: true, value: 'ALL' }, /write "\*" alone, as a string$/],
  ],
  'method-forbidden': [[{}, /remove it$/]],
  'method-case': [[{}, /case-sensitive.*is not "V"; write "V"$/]],
  'header-invalid': [
    [{ keyword: false }, /write one such as/],
    [{ keyword: true, alone: true }, /write it alone, as a string$/],
    [{ keyword: true, alone: false }, /remove it, as it cannot go with credentials either$/],
  ],
  'header-forbidden': [[{ reason: 'is set by browsers' }, /^"v" is set by browsers; remove it$/]],
  'expose-any-with-credentials': [
    [
      { exposedFrom: 'there', credentialsFrom: 'here' },
      /with credentials browsers read "\*" \(inherited from there\).*list the names$/,
    ],
  ],
  'max-age': [[{}, /from 0 to 86400.*leave it out$/]],
  status: [[{}, /from 200 to 299, or leave it out for 204$/]],
  'path-matches-nothing': [[{ why: 'write it so' }, /^no request can match "v": write it so$/]],
  'path-of-a-route': [
    [
      { handlers: ['Cats.read (GET /cats)'] },
      /^"v" is served by Cats\.read \(GET \/cats\), so .*Cors\(false\)\(TheirController\)/,
    ],
    [{ handlers: ['1', '2', '3', '4', '5', '6', '7'] }, /served by 1, 2, 3, 4, 5 and 2 more, so/],
  ],
  'no-options-handler': [[{}, /add an @Options\(\) handler/]],
  'not-a-route': [
    [{ place: 'elsewhere' }, /not an HTTP handler; remove it$/],
    [{ place: 'gateway' }, /put it on the gateway class$/],
  ],
  'gateway-option': [[{ reason: 'because' }, /^has no effect on a gateway, as because; remove it$/]],
  'gateway-unjudged': [[{}, /^"v" creates a server that nestjs-cors does not know.*or remove @Cors/]],
  'lost-decorator': [[{}, /move @Cors above that decorator$/]],
  'lazy-module': [[{}, /by LazyModuleLoader.*; import CorsModule\.forRoot\(\) once, in the root module$/]],
  'options-scoped': [
    [{ value: 'Tenant' }, /^the options depend on Tenant, which is request-scoped, .*; inject only static providers/],
    [{ value: undefined }, /^the options depend on a request-scoped provider, /],
  ],
  'duplicate-module': [[{}, /import CorsModule\.forRoot\(\) once/]],
  'duplicate-cors': [
    [{ source: 'unknown', mounts: [] }, /^enableCors\(\).*remove it$/],
    [{ source: 'socket-server', mounts: [] }, /remove the option, @Cors on the gateway replaces it$/],
    [{ source: 'option', mounts: [] }, /remove it from NestFactory\.create\(AppModule, \{ cors \}\)$/],
    [{ source: 'plugin', mounts: [] }, /^the plugin @fastify\/cors.*remove the registration$/],
    [{ source: 'middleware', mounts: [] }, /^app\.use\(cors\(\)\) is active as well, for every URL/],
    [
      { source: 'middleware', mounts: ['/a', '/b\n'] },
      /^app\.use\('\/a', '\/b\\u000a', cors\(\)\).*use @Cors on these routes$/,
    ],
    [{ source: 'enableCors', mounts: [] }, /^app\.enableCors\(\) is called as well, and two.*; remove the call$/],
    [{ source: 'enableCors', mounts: [], caller: 'src/main.ts:12' }, /, at src\/main\.ts:12, .*; remove the call$/],
    [
      { source: 'enableCors', mounts: [], caller: 'node_modules/x/y.js:1' },
      /; remove the call, or switch it off in that package$/,
    ],
  ],
  'old-platform': [
    [{ name: '@nestjs/platform-x' }, /^@nestjs\/platform-x "v" is older.*update it to the version of @nestjs\/core$/],
  ],
};

function issueOf(code: string, details: Details = {}, place: Details = {}): CorsConfigIssue {
  return { code, where: 'here', path: 'p', value: 'v', ...details, ...place } as unknown as CorsConfigIssue;
}

describe('the sentence of a mistake', () => {
  const rows = Object.entries(sentences).flatMap(([code, variants]) =>
    variants.map(([details, cure]) => [code, details, cure] as const),
  );

  it.each(rows)('%s %j', (code, details, cure) => {
    const sentence = describeIssue(issueOf(code, details));
    expect(sentence).toMatch(cure);
    // One line, printable, and no full stop: the code follows.
    expect(sentence).toMatch(/^[ -~…]+[^.\s]$/);
  });

  it('quotes what it is about without passing its control characters on', () => {
    const hostile = { value: 'https://a\u001b[2J\u2028"\\', right: 'b\nc' };
    expect(describeIssue(issueOf('origin-not-serialized', hostile))).toBe(
      '"https://a\\u001b[2J\\u2028\\"\\\\" is not how browsers write it; use "b\\u000ac"',
    );
  });
});

describe('the error', () => {
  it('groups mistakes by the place they were found in, each once', () => {
    const error = new CorsConfigError([
      issueOf(
        'origin-not-serialized',
        { right: 'http://example.com' },
        { where: 'CatsController.update (PUT /cats/:id)', path: 'origin[1]', value: 'http://Example.com:80' },
      ),
      issueOf(
        'any-origin-with-credentials',
        { originFrom: 'forRoot' },
        { where: 'DogsController (every route)', path: 'credentials' },
      ),
      issueOf(
        'any-origin-with-credentials',
        { originFrom: 'forRoot' },
        { where: 'DogsController (every route)', path: 'credentials' },
      ),
      issueOf('origin-missing', {}, { where: 'CatsController.update (PUT /cats/:id)', path: '' }),
    ]);
    expect(error.message).toBe(
      [
        '3 mistakes in the CORS policies',
        '  CatsController.update (PUT /cats/:id)',
        '    origin[1]: "http://Example.com:80" is not how browsers write it; use "http://example.com"   [origin-not-serialized]',
        "    neither this policy nor one it inherits from names an origin; add origin ('*' for any origin, false for none)   [origin-missing]",
        '  DogsController (every route)',
        '    credentials: cannot be true while origin is "*" (inherited from forRoot); name the origins   [any-origin-with-credentials]',
      ].join('\n'),
    );
    expect(error.issues).toHaveLength(3);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toMatch(/^CorsConfigError: 3 mistakes/);
  });

  it('is frozen data, in the order found, and leaves the list that it was given alone', () => {
    const issues = [issueOf('status'), issueOf('max-age'), issueOf('status')];
    const error = new CorsConfigError(issues);
    expect(error.issues.map(({ code }) => code)).toEqual(['status', 'max-age']);
    expect(Object.isFrozen(error.issues)).toBe(true);
    expect(issues).toHaveLength(3);
  });

  it('counts one mistake as one, and prints places safely', () => {
    const { message } = new CorsConfigError([issueOf('status', {}, { where: 'policies.a\nb', path: 'x\ny' })]);
    expect(message).toMatch(/^1 mistake in the CORS policies\n {2}policies\.a\\u000ab\n {4}x\\u000ay: /);
  });
});

describe('the error, printed', () => {
  const error = new CorsConfigError([issueOf('status', {}, { value: { password: 'secret\u001b[2J' } })]);
  const sentences = `CorsConfigError: ${error.message}`;

  it.each<[string, string]>([
    ['by util.inspect and console.error', inspect(error)],
    ['by its stack, as Node and test runners do', error.stack ?? ''],
    ['as text', String(error)],
  ])('is its sentences and nothing else: %s', (_, printed) => expect(printed).toBe(sentences));

  it('is so inside of other values, and as a cause', () => {
    for (const printed of [inspect([error]), inspect(new Error('outer', { cause: error })), inspect({ error })]) {
      expect(printed).toContain('is not a status that lets a preflight pass');
      expect(printed).not.toMatch(/config-error|issues|secret/);
    }
    // Node prints what nobody caught without asking the object how.
    expect(inspect(error, { customInspect: false })).toBe(`[${sentences}]`);
  });

  it('keeps its mistakes as data, out of the way of whoever copies keys', () => {
    expect(error.issues).toMatchObject([{ code: 'status', where: 'here' }]);
    expect(error.name).toBe('CorsConfigError');
    expect(Object.keys(error)).toEqual([]);
    expect(JSON.stringify(error)).toBe('{}');
  });
});

describe('safe text', () => {
  it.each([
    ['https://a.example', 'https://a.example'],
    ['', ''],
    [' ~', ' ~'],
    ['a\nb\r\t\u0000\u007f', 'a\\u000ab\\u000d\\u0009\\u0000\\u007f'],
    ['\u0085\u2028\u202e\ufeff', '\\u0085\\u2028\\u202e\\ufeff'],
    ['é😀', '\\u00e9\\ud83d\\ude00'],
  ])('%j', (text, safe) => expect(safeText(text)).toBe(safe));

  it('is cut by what is written', () => {
    expect(safeText('a'.repeat(200))).toBe('a'.repeat(200));
    expect(safeText('a'.repeat(201))).toBe(`${'a'.repeat(200)}…`);
    expect(safeText('abcd', 3)).toBe('abc…');
    expect(safeText('\n'.repeat(1_000_000), 10).length).toBeLessThan(20);
  });
});

describe('a quoted value', () => {
  const boom = (): never => {
    throw new Error('boom');
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();

  it.each([
    ['a text', 'text', '"text"'],
    ['its quotes', 'a"b\\', '"a\\"b\\\\"'],
    ['a long text', 'x'.repeat(100), `"${'x'.repeat(80)}…"`],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a switch', true, 'true'],
    ['a number', -0.5, '-0.5'],
    ['no number', Number.NaN, 'NaN'],
    ['a large number', 10n, '10n'],
    ['a symbol', Symbol('a\nb'), 'Symbol(a\\u000ab)'],
    ['a class', class Named {}, 'class Named'],
    ['a class whose name is none', Object.defineProperty(class {}, 'name', { value: 7 }), 'a function'],
    ['a function', function named() {}, 'function named'],
    [
      'a function without a name',
      (
        () => () =>
          true
      )(),
      'a function',
    ],
    ['a function whose name throws', Object.defineProperty(() => true, 'name', { get: boom }), 'a function'],
    ['a RegExp', /a\nb/g, '/a\\nb/g'],
    ['a RegExp that throws', Object.defineProperty(/x/, 'source', { get: boom }), 'a regular expression'],
    ['a list', [1], 'a list'],
    ['an object', { a: 1 }, 'an object'],
    ['an instance', new URL('https://a.example'), 'an object'],
    ['a Map', new Map(), 'a Map'],
    ['a promise', Promise.resolve(1), 'a promise'],
    ['an object whose tag throws', Object.defineProperty({}, Symbol.toStringTag, { get: boom }), 'an object'],
    ['a revoked proxy', proxy, 'a proxy'],
  ])('of %s', (_, ...[value, quoted]) => expect(quotedValue(value)).toBe(quoted));
});
