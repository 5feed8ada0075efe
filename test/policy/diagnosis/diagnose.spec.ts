import { describe, expect, it } from '@jest/globals';

import { describeDiagnosis } from '../../../lib/policy/diagnosis/sentence.js';
import type {
  CorsDiagnosis,
  DiagnosedRequest,
  DiagnosedTarget,
  Situation,
} from '../../../lib/policy/diagnosis/diagnosis.js';
import { A, B, diagnosed, target, type Written } from './diagnosed.js';

/** An origin function with a name. */
function isTenant(): boolean {
  return false;
}
class TenantOrigins {
  allowsOrigin(): boolean {
    return false;
  }
}
const PUT = { phase: 'preflight', method: 'PUT' } as const;

describe('a diagnosis', () => {
  it('is data: the step, what is missing, where it was written, what is allowed instead, and the change', () => {
    const request = { ...PUT, headers: 'x-trace,content-type' };
    expect(diagnosed(request, [target({ root: { origin: A, allowedHeaders: ['Content-Type'] } })])).toEqual({
      step: 'headers',
      reason: 'header-not-allowed',
      target: 'Cats.rename',
      missing: ['x-trace'],
      option: 'allowedHeaders',
      writtenBy: 'forRoot',
      instead: ['Content-Type'],
      nearest: undefined,
      cures: [
        {
          how: 'decorate',
          place: 'Cats.rename',
          options: { allowedHeaders: { add: ['X-Trace'] } },
          code: "@Cors({ allowedHeaders: { add: ['X-Trace'] } })",
        },
      ],
      text: 'Cats.rename does not allow the request header x-trace: its allowedHeaders are Content-Type (written by forRoot).',
    } satisfies CorsDiagnosis);
  });

  it('is undefined where nothing is in the way, also as long as nobody was asked', () => {
    expect(
      diagnosed({ ...PUT, headers: 'x-a', credentials: true }, [target({ root: { origin: A, credentials: true } })]),
    ).toBe(undefined);
    expect(diagnosed({}, [target({ root: { origin: isTenant } })])).toBe(undefined);
    expect(diagnosed({}, [target({ root: { origin: isTenant } }, { answer: true })])).toBe(undefined);
    expect(diagnosed({}, [])).toBe(undefined);
  });

  it.each<[string, Partial<DiagnosedRequest>, Written, Partial<DiagnosedTarget>, readonly string[]]>([
    [
      'another origin',
      {},
      { root: { origin: [B, 'https://*.c.example', /https:\/\/d\.example/] } },
      {},
      [
        `Cats.rename does not allow the origin ${A}, only https://*.c.example, ${B}, /https:\\/\\/d\\.example/ (written by forRoot).`,
        `@Cors({ origin: ['${B}', 'https://*.c.example', /https:\\/\\/d\\.example/, '${A}'] }) on Cats.rename, above any other @Cors`,
      ],
    ],
    [
      'another origin, of a named policy',
      {},
      { policies: { partners: { origin: B, credentials: true } }, handler: ['partners'] },
      {},
      [
        `Cats.rename does not allow the origin ${A}, only ${B} (written by policies.partners).`,
        `@Cors({ origin: ['${B}', '${A}'] }) on Cats.rename, above any other @Cors`,
      ],
    ],
    [
      'another origin, nobody knows by whom',
      {},
      { root: { origin: () => true } },
      { answer: false, sources: {} },
      [`Cats.rename does not allow the origin ${A}: function origin refused it.`],
    ],
    [
      'more origins than fit into a line',
      {},
      { root: { origin: Array.from({ length: 40 }, (_, i) => `https://x${i + 10}.example`) } },
      {},
      [
        `Cats.rename does not allow the origin ${A}, only https://x10.example, https://x11.example, https://x12.example, https://x13.example, https://x14.example and 35 more (written by forRoot).`,
      ],
    ],
    [
      'a function that said no',
      {},
      { root: { origin: [isTenant, { resolver: TenantOrigins }] } },
      { answer: false },
      [
        `Cats.rename does not allow the origin ${A}: function isTenant and resolver TenantOrigins refused it (written by forRoot).`,
      ],
    ],
    [
      'an origin that a function is not asked about',
      { origin: 'null' },
      { root: { origin: isTenant } },
      {},
      ['Cats.rename does not allow the origin "null", only function isTenant (written by forRoot).'],
    ],
    [
      'an origin that is none',
      { origin: 'https://a.example/"\n' },
      { root: { origin: 'https://*.b.example' } },
      {},
      [
        '"https://a.example/\\"\\\\u000a" is not an origin as browsers write it, so no policy can allow it. Browsers send https://a.example, which Cats.rename does not allow either.',
      ],
    ],
    [
      'the URL of a page that is allowed',
      { origin: `${A}/` },
      { root: { origin: A } },
      {},
      [
        `Cats.rename does not allow the origin "${A}/", only ${A} (written by forRoot). Browsers send ${A}, which Cats.rename allows.`,
      ],
    ],
    [
      'the URL of a socket, which is the origin of no page',
      { origin: 'wss://b.example/chat' },
      { root: { origin: A } },
      {},
      [`Cats.rename does not allow the origin "wss://b.example/chat", only ${A} (written by forRoot).`],
    ],
    [
      'the default port of a page that is allowed by a pattern',
      { origin: 'https://b.a.example:443' },
      { root: { origin: 'https://*.a.example' } },
      {},
      [
        'https://b.a.example:443 is not an origin as browsers write it, so no policy can allow it. Browsers send https://b.a.example, which Cats.rename allows.',
      ],
    ],
    [
      'the URL of another page',
      { origin: 'HTTPS://C.example/a?b#c' },
      { root: { origin: A } },
      {},
      [
        `Cats.rename does not allow the origin "HTTPS://C.example/a?b#c", only ${A} (written by forRoot). Browsers send https://c.example, which Cats.rename does not allow either.`,
      ],
    ],
    [
      'the URL of a page that a function is asked about',
      { origin: `${A}/` },
      { root: { origin: [B, isTenant, { resolver: TenantOrigins }] } },
      {},
      [
        `"${A}/" is not an origin as browsers write it, so no policy can allow it. Browsers send ${A}; whether Cats.rename allows that depends on function isTenant and resolver TenantOrigins.`,
      ],
    ],
    [
      'a text that is too long for a URL',
      { origin: `${A}/${'a'.repeat(5000)}` },
      { root: { origin: 'https://*.b.example' } },
      {},
      [`"${A}/${'a'.repeat(308)}…" is not an origin as browsers write it, so no policy can allow it.`],
    ],
    [
      'the URL of a page without an origin',
      { origin: 'file:///cats.html' },
      { root: { origin: A } },
      {},
      [`Cats.rename does not allow the origin "file:///cats.html", only ${A} (written by forRoot).`],
    ],
    [
      'a page with the scheme http',
      { origin: 'http://a.example:8443' },
      { root: { origin: ['https://a.example:8443', B] } },
      {},
      [
        'Cats.rename does not allow the origin http://a.example:8443, only https://a.example:8443, https://b.example (written by forRoot). http://a.example:8443 differs only in the scheme from https://a.example:8443, which is allowed.',
        `@Cors({ origin: ['https://a.example:8443', '${B}', 'http://a.example:8443'] }) on Cats.rename, above any other @Cors`,
      ],
    ],
    [
      'a page with the scheme https',
      { origin: 'https://localhost:5173' },
      { root: { origin: 'http://localhost:*' } },
      {},
      [
        'Cats.rename does not allow the origin https://localhost:5173, only http://localhost:* (written by forRoot). https://localhost:5173 differs only in the scheme from http://localhost:5173, which is allowed.',
        "@Cors({ origin: ['http://localhost:*', 'https://localhost:5173'] }) on Cats.rename, above any other @Cors",
      ],
    ],
    [
      'the URL of a page with the scheme http',
      { origin: 'http://a.example:80/cats' },
      { root: { origin: A } },
      {},
      [
        `Cats.rename does not allow the origin "http://a.example:80/cats", only ${A} (written by forRoot). Browsers send http://a.example, which Cats.rename does not allow either. http://a.example differs only in the scheme from ${A}, which is allowed.`,
      ],
    ],
    [
      'a request without an origin',
      { origin: undefined },
      { root: { origin: A } },
      {},
      ['The request has no Origin header, so it is not a CORS request: browsers send one with every CORS request.'],
    ],
    [
      'a closed controller',
      {},
      { outer: false },
      {},
      ['Cats.rename is closed to other origins on purpose, by layer 1.'],
    ],
    [
      'what is closed, nobody knows by whom',
      {},
      { outer: false },
      { sources: {} },
      ['Cats.rename is closed to other origins on purpose.'],
    ],
    [
      'a method',
      PUT,
      { root: { origin: A, methods: ['DELETE'] } },
      {},
      [
        'Cats.rename does not allow the method PUT: its methods are DELETE (written by forRoot).',
        "@Cors({ methods: ['DELETE', 'PUT'] }) on Cats.rename, above any other @Cors",
      ],
    ],
    [
      'a method, where others are named as well',
      { ...PUT, credentials: true },
      { root: { origin: [A, B], methods: [] } },
      {},
      [
        'Cats.rename does not allow the method PUT: its methods are none (written by forRoot).',
        `@Cors({ origin: '${A}', methods: ['PUT'], credentials: true }) on Cats.rename, above any other @Cors`,
      ],
    ],
    [
      'a method of a handler that takes many',
      PUT,
      { root: { origin: [A, B], methods: ['DELETE', 'PATCH'] } },
      { isOneMethod: false },
      ['Cats.rename does not allow the method PUT: its methods are DELETE and PATCH (written by forRoot).'],
    ],
    [
      'a method that enforce refuses',
      { method: 'POST' },
      { root: { origin: A, methods: ['PUT'], enforce: true } },
      {},
      [
        'Cats.rename does not allow the method POST: its methods are PUT (written by forRoot).',
        "@Cors({ methods: ['PUT', 'POST'] }) on Cats.rename, above any other @Cors",
      ],
    ],
    [
      'a method in small letters',
      { ...PUT, method: 'patch' },
      { root: { origin: A, methods: ['PATCH'] } },
      {},
      [
        "Cats.rename does not allow the method patch: its methods are PATCH (written by forRoot). Methods are case-sensitive, and browsers send this one as it is written: fetch with method: 'PATCH'.",
      ],
    ],
    [
      'a method in small letters that capitals would not help',
      { ...PUT, method: 'patch' },
      { root: { origin: A, methods: ['PUT', 'DELETE'] } },
      {},
      ['Cats.rename does not allow the method patch: its methods are PUT and DELETE (written by forRoot).'],
    ],
    [
      'a method in small letters that is served in capitals',
      { ...PUT, method: 'Patch' },
      { root: { origin: A } },
      { kind: 'entry', name: 'paths[0] (/files)', serves: (method) => method === 'PATCH' },
      [
        "This URL does not serve the method Patch. Methods are case-sensitive, and browsers send this one as it is written: fetch with method: 'PATCH'.",
      ],
    ],
    [
      'a method in small letters that no page can send in capitals either',
      { ...PUT, method: 'trace' },
      { root: { origin: A } },
      { serves: () => true },
      ['This URL does not serve the method trace.'],
    ],
    [
      'a method that is not served',
      { ...PUT, method: 'PURGE' },
      { root: { origin: A } },
      { serves: () => false },
      ['This URL does not serve the method PURGE.'],
    ],
    [
      'several headers, of a policy that adds',
      { ...PUT, headers: 'x-a, X-B,x-a' },
      { root: { origin: [A, B], allowedHeaders: ['X-C'] }, handler: [{ allowedHeaders: { add: ['X-D'] } }] },
      {},
      [
        'Cats.rename does not allow the request headers x-a, x-b: its allowedHeaders are X-C and X-D (written by layer 2).',
        "@Cors({ allowedHeaders: { add: ['X-A', 'X-B'] } }) on Cats.rename, above any other @Cors",
      ],
    ],
    [
      'a header that "*" does not stand for',
      { ...PUT, headers: 'x-a, x-forwarded-host' },
      { root: { origin: A } },
      {},
      [
        'Cats.rename does not allow the request header x-forwarded-host: "*" does not cover headers in which proxies name the host; if pages have to send it, list it in allowedHeaders.',
      ],
    ],
    [
      'a header called "*"',
      { ...PUT, headers: '*, x-a' },
      { root: { origin: A } },
      {},
      [
        'Cats.rename does not allow the request header *: in the answer, browsers would read that name as every header; give the header another one.',
      ],
    ],
    [
      'a header that no policy can allow',
      { ...PUT, headers: 'access-control-max-age' },
      { root: { origin: A, allowedHeaders: [] } },
      {},
      [
        'Cats.rename does not allow the request header access-control-max-age: its allowedHeaders are none (written by forRoot).',
      ],
    ],
    [
      'a list of headers that is none',
      { ...PUT, headers: 'x-a;' },
      { root: { origin: A } },
      {},
      [
        'The list of request headers that the preflight announces cannot be read: it holds something other than names, or too many of them.',
      ],
    ],
    [
      'credentials',
      { credentials: true },
      { root: { origin: A } },
      {},
      [
        "Cats.rename does not allow credentials; fetch without credentials: 'include' if the request needs no cookies.",
        '@Cors({ credentials: true }) on Cats.rename, above any other @Cors',
      ],
    ],
    [
      'credentials, where others are named as well',
      { credentials: true },
      { root: { origin: [A, B], credentials: false } },
      {},
      [
        "Cats.rename does not allow credentials (credentials: false is written by forRoot); fetch without credentials: 'include' if the request needs no cookies.",
      ],
    ],
    [
      'no policy, but options that it would inherit',
      { ...PUT, headers: 'x-a' },
      { root: { allowedHeaders: [], methods: ['GET'] } },
      {},
      [
        "Cats.rename has no CORS policy, as no layer names an origin: only the application's own headers could allow other origins.",
        `@Cors({ origin: '${A}', methods: ['GET', 'PUT'], allowedHeaders: { add: ['X-A'] } }) on Cats.rename, above any other @Cors`,
      ],
    ],
    [
      'an origin that would have to be acknowledged',
      { origin: 'http://b.example' },
      { root: { origin: A, credentials: true } },
      {},
      [`Cats.rename does not allow the origin http://b.example, only ${A} (written by forRoot).`],
    ],
    [
      'what cannot be compiled at all',
      {},
      {},
      { compileWith: () => undefined },
      [
        "Cats.rename has no CORS policy, as no layer names an origin: only the application's own headers could allow other origins.",
      ],
    ],
  ])('says it in words: %s', (_title, request, written, differing, lines) => {
    const diagnosis = diagnosed(request, [target(written, differing)]);
    expect(diagnosis && describeDiagnosis(diagnosis).split('\n')).toEqual(lines);
  });
});

describe('a diagnosis where no controller decides', () => {
  const say = (
    request: Partial<DiagnosedRequest>,
    targets: readonly DiagnosedTarget[],
    differing?: Partial<Situation>,
  ) => {
    const diagnosis = diagnosed(request, targets, differing);
    return diagnosis && describeDiagnosis(diagnosis).split('\n');
  };

  it('names the methods that the URL is served with', () => {
    const served = ['GET', 'PUT', 'DELETE'];
    expect(say({ ...PUT, method: 'PATCH' }, [], { served })).toEqual([
      'This URL does not serve the method PATCH; it serves GET, PUT and DELETE.',
    ]);
    expect(say({ method: 'PATCH' }, [], { served: [...served, 'PROPFIND', 'LOCK', 'COPY'] })).toEqual([
      'This URL does not serve the method PATCH; it serves GET, PUT, DELETE, PROPFIND, LOCK and 1 more.',
    ]);
  });

  it('changes the policy of an entry of paths, whose lists it writes whole', () => {
    const entry = { kind: 'entry', name: 'paths[0] (/files)', isOneMethod: false } as const;
    const written = { root: { origin: A }, handler: [{ allowedHeaders: ['X-A'] }] };
    expect(
      say({ ...PUT, headers: 'x-b' }, [target(written, { ...entry, sources: { allowedHeaders: entry.name } })]),
    ).toEqual([
      'paths[0] (/files) does not allow the request header x-b: its allowedHeaders are X-A (written by paths[0] (/files)).',
      "{ allowedHeaders: ['X-A', 'X-B'] } in the policy of paths[0] (/files)",
    ]);
    expect(say({}, [target({}, { ...entry, isUntouched: true })])).toEqual([
      'paths[0] (/files) is untouched: the code that serves this URL handles CORS itself, and has to send the headers.',
    ]);
  });

  it('adds an entry for a URL that only forRoot decides about, and for this URL alone', () => {
    const url = target({ root: { origin: B } }, { kind: 'url', name: 'forRoot' });
    const entry = (path: string, method: string): string =>
      `{ path: '${path}', methods: ['${method}'], policy: { origin: ['${B}', '${A}'] } } as the first entry of forRoot({ paths })`;
    const cureOf = (request: Partial<DiagnosedRequest>): string | undefined => say(request, [url])?.[1];
    expect(cureOf({ url: '/files/a.png?x=1' })).toBe(entry('/files/a.png', 'GET'));
    expect(cureOf({ url: '/', method: 'HEAD' })).toBe(entry('/', 'GET'));
    for (const odd of ['/a/../b', '/a/.', '/%61', '/:id', '/a/', '//a', 'http://x/', '/a;b', '/a*', '/(a)']) {
      expect(cureOf({ url: odd })).toBe(undefined);
    }
    expect(cureOf({ method: 'search' })).toBe(undefined);
  });

  it('says that nothing serves a URL, and offers an entry only where no route is near', () => {
    const url = target({}, { kind: 'url', name: 'forRoot' });
    const unknown = { isKnown: false };
    const near = { ...unknown, nearest: () => 'GET /cats (Cats.list)' };
    expect(say({ url: '/api/cats?x' }, [url], near)).toEqual([
      'No controller serves GET /api/cats; the nearest route is GET /cats (Cats.list).',
    ]);
    expect(say({ url: '/graphql', method: 'POST' }, [url], unknown)).toEqual([
      'No controller serves POST /graphql.',
      `{ path: '/graphql', methods: ['POST'], policy: { origin: '${A}' } } as the first entry of forRoot({ paths })`,
    ]);
    expect(say({ url: '/graphql' }, [target({ root: { origin: A } }, { kind: 'url' })], unknown)).toEqual([
      'No controller serves GET /graphql.',
    ]);
  });
});

describe('a diagnosis of several targets', () => {
  const one = (written: Written, name: string): DiagnosedTarget => target(written, { name });

  it('begins with the first step, and cures all of them', () => {
    const targets = [
      one({ root: { origin: A, allowedHeaders: [] } }, 'Cats.one'),
      one({ root: { origin: B } }, 'Cats.two'),
    ];
    const diagnosis = diagnosed({ ...PUT, headers: 'x-a' }, targets);
    expect(diagnosis).toMatchObject({ step: 'origin', target: 'Cats.two' });
    expect(diagnosis?.cures.map(({ place }) => place)).toEqual(['Cats.one', 'Cats.two']);
  });

  it('offers nothing where one of them is in the way for good', () => {
    const targets = [one({ root: { origin: B } }, 'Cats.one'), one({ outer: false }, 'Cats.two')];
    expect(diagnosed({}, targets)).toMatchObject({ target: 'Cats.one', cures: [] });
  });
});

it('a socket needs an origin and nothing else', () => {
  const gateway = target({ root: { origin: B, methods: [] } }, { kind: 'gateway', name: 'ChatGateway' });
  const diagnosis = diagnosed({ phase: 'handshake', credentials: true }, [gateway]);
  expect(diagnosis?.cures).toMatchObject([{ place: 'ChatGateway', code: `@Cors({ origin: ['${B}', '${A}'] })` }]);
});
