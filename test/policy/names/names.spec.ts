import { describe, expect, it } from '@jest/globals';

import { compileLayers, mistakes, policyOf } from '../policy-under-test.js';

const origin = 'https://app.example.com';

function mistakesOf(options: object): readonly string[] {
  return mistakes(compileLayers({}, { origin, ...options })).map((mistake) => mistake.replace('layer 1: ', ''));
}

describe('methods', () => {
  it.each([
    ['auto', 'auto'],
    ['*', '*'],
    [
      ['PUT', 'PATCH', 'PUT'],
      ['PUT', 'PATCH'],
    ],
    [' PUT ,PATCH', ['PUT', 'PATCH']],
    ['PUT', ['PUT']],
    [[], []],
    [["!#$%&'*+-.^_`|~09AZ"], ["!#$%&'*+-.^_`|~09AZ"]],
  ])('%j', (methods, compiled) => expect(policyOf({ origin, methods }).methods).toEqual(compiled));

  it.each(['', 'P UT', 'PUT;', 'PÜT', 'PUT,', '"PUT"', 'PUT\n'])('refuse %j, no token', (method) => {
    expect(mistakesOf({ methods: ['PUT', method] })).toEqual(['methods[1] method-invalid']);
  });

  it('refuse empty elements of a comma string', () => {
    expect(mistakesOf({ methods: 'PUT,,DELETE,' })).toEqual(['methods[1] method-invalid', 'methods[3] method-invalid']);
  });

  it.each(['CONNECT', 'TRACE', 'TRACK', 'trace', 'Connect'])('refuse %s, which no page can send', (method) => {
    expect(mistakesOf({ methods: [method] })).toEqual(['methods[0] method-forbidden']);
  });

  it.each(['patch', 'Patch', 'get', 'pROPFIND'])('refuse %s, as methods are case-sensitive', (method) => {
    expect(mistakesOf({ methods: `PUT,${method}` })).toEqual(['methods[1] method-case']);
  });

  it.each(['*', 'auto', 'AUTO', 'ALL', 'all', 'Any'])('refuse %s in a list', (method) => {
    expect(compileLayers({}, { origin, methods: ['PUT', method] }).issues).toMatchObject([
      { code: 'method-invalid', path: 'methods[1]', keyword: true },
    ]);
  });

  it.each([null, 1, true, {}, { add: ['PUT'] }, new Set(['PUT']), () => 'PUT'])('refuse %p', (methods) => {
    expect(mistakesOf({ methods })).toEqual(['methods type']);
  });

  it.each([[1], [null], [undefined], [['PUT']], [Symbol('PUT')]])('refuse a list of %p', (method) => {
    expect(mistakesOf({ methods: ['PUT', method] })).toEqual(['methods[1] type']);
  });
});

describe.each(['allowedHeaders', 'exposedHeaders'])('%s', (field) => {
  it.each(['x a', '', 'x:', 'ä', 'x\u0000'])('refuses %j, no token', (name) => {
    expect(mistakesOf({ [field]: ['X-A', name] })).toEqual([`${field}[1] header-invalid`]);
    expect(mistakesOf({ [field]: { add: [name] } }).at(0)).toBe(`${field}.add[0] header-invalid`);
  });

  it('refuses * in a list', () => {
    expect(compileLayers({}, { origin, [field]: ['X-A', '*'] }).issues).toMatchObject([
      { code: 'header-invalid', path: `${field}[1]`, keyword: true },
    ]);
  });

  it.each([null, 1, true, {}, { add: 1 }, { add: ['X-A'], remove: [] }, { [Symbol('add')]: [] }, new Set(['X-A'])])(
    'refuses %p',
    (value) => {
      expect(mistakesOf({ [field]: value })).toEqual([expect.stringMatching(/ type$/)]);
    },
  );

  it.each([1, null, undefined])('refuses a list of %p', (name) => {
    expect(mistakesOf({ [field]: [name] })).toEqual([`${field}[0] type`]);
  });
});

describe('allowedHeaders', () => {
  it('are * or names, in any case', () => {
    expect(policyOf({ origin, allowedHeaders: '*' }).allowedHeaders).toBe('*');
    expect(policyOf({ origin, allowedHeaders: 'Authorization, x-a, X-A' }).allowedHeaders).toEqual({
      names: new Set(['authorization', 'x-a']),
      spelled: ['Authorization', 'x-a'],
      text: 'Authorization, x-a',
      longest: 13,
    });
  });

  it.each([
    'Accept-Charset',
    'Accept-Encoding',
    'Access-Control-Request-Headers',
    'Access-Control-Request-Method',
    'Connection',
    'Content-Length',
    'Cookie',
    'Cookie2',
    'Date',
    'DNT',
    'Expect',
    'Host',
    'Keep-Alive',
    'Origin',
    'Referer',
    'Set-Cookie',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Via',
    'Proxy-Authorization',
    'proxy-',
    'Sec-Fetch-Site',
    'sec-',
  ])('ignore %s, which no page can set, with a warning', (name) => {
    for (const spelled of [name, name.toUpperCase()]) {
      for (const allowedHeaders of [[spelled, 'X-A'], `${spelled}, X-A`]) {
        const { issues, warnings, policy } = compileLayers({}, { origin: '*', allowedHeaders });
        expect(issues).toEqual([]);
        expect(warnings).toEqual([
          { where: 'layer 1', path: 'allowedHeaders', text: expect.stringContaining(spelled) },
        ]);
        expect(policy?.key).toBe(policyOf({ origin: '*', allowedHeaders: ['x-a'] }).key);
      }
    }
  });

  it.each(['Accept', 'accept-language', 'Content-Language'])(
    'take %s, for its unusual values, with a warning',
    (name) => {
      const { issues, warnings, policy } = compileLayers(
        { allowedHeaders: [] },
        { origin: '*', allowedHeaders: { add: [name] } },
      );
      expect(issues).toEqual([]);
      expect(warnings).toMatchObject([{ path: 'allowedHeaders.add', text: expect.stringContaining(name) }]);
      expect(policy?.allowedHeaders).toMatchObject({ text: name });
    },
  );

  it.each([
    'Access-Control-Allow-Origin',
    'Access-Control-Allow-Credentials',
    'Access-Control-Allow-Methods',
    'Access-Control-Allow-Headers',
    'Access-Control-Expose-Headers',
    'Access-Control-Max-Age',
  ])('refuse %s, which belongs to responses', (name) => {
    expect(mistakesOf({ allowedHeaders: [name] })).toEqual(['allowedHeaders[0] header-forbidden']);
    expect(mistakesOf({ allowedHeaders: [name.toUpperCase()] })).toEqual(['allowedHeaders[0] header-forbidden']);
  });

  it.each(['Authorization', 'Content-Type', 'X-HTTP-Method-Override', 'Security', 'Proxied', 'Traceparent', 'Range'])(
    'take %s',
    (name) => {
      expect(mistakesOf({ allowedHeaders: [name] })).toEqual([]);
    },
  );
});

describe('a header that no page can use', () => {
  it.each([
    [{ allowedHeaders: ['Access-Control-Allow-Origin'] }, 'is a response header'],
    [{ exposedHeaders: ['Origin'] }, 'is a request header'],
    [{ exposedHeaders: ['Set-Cookie'] }, 'is never shown to a page'],
  ])('comes with the reason: %j', (options, reason) => {
    expect(compileLayers({}, { origin, ...options }).issues).toMatchObject([{ code: 'header-forbidden', reason }]);
  });

  it.each(['X-Access-Control-Allow-Origin', 'Access-Control-Expose-Headers-2', 'Access-Control-Max-Age-2'])(
    'is not %s',
    (name) => {
      expect(mistakesOf({ allowedHeaders: [name] })).toEqual([]);
    },
  );

  it.each([
    ['*', true],
    ['x y', false],
  ])('in a list: %s as a keyword is %s', (name, keyword) => {
    expect(compileLayers({}, { origin, allowedHeaders: [name] }).issues).toMatchObject([
      { code: 'header-invalid', keyword },
    ]);
  });
});

describe('exposedHeaders', () => {
  it.each(['Set-Cookie', 'set-cookie2', 'Access-Control-Request-Method', 'Access-Control-Request-Headers', 'Origin'])(
    'refuse %s',
    (name) => {
      expect(mistakesOf({ exposedHeaders: [name] })).toEqual(['exposedHeaders[0] header-forbidden']);
    },
  );

  it.each(['Link', 'Cookie', 'Location', 'Access-Control-Allow-Origin', 'Origin-Agent-Cluster'])('take %s', (name) => {
    expect(mistakesOf({ exposedHeaders: [name] })).toEqual([]);
  });
});

describe('numbers and switches', () => {
  it.each([
    ['maxAge', [0, 1, 600, 86_400], [-1, 0.5, 86_401, Number.NaN, Number.POSITIVE_INFINITY], 'max-age'],
    ['optionsSuccessStatus', [200, 204, 299], [199, 300, 204.5, 0, Number.NaN], 'status'],
    ['originTimeout', [0.5, 1, 2 ** 31 - 1], [0, -1, 2 ** 31, Number.NaN, Number.POSITIVE_INFINITY], 'type'],
  ] as const)('%s', (field, right, wrong, code) => {
    for (const value of right) {
      expect(policyOf({ origin, [field]: value })[field]).toBe(value);
    }
    for (const value of wrong) {
      expect(mistakesOf({ [field]: value })).toEqual([`${field} ${code}`]);
    }
    for (const value of ['600', null, true, {}, [600], 600n]) {
      expect(mistakesOf({ [field]: value })).toEqual([`${field} type`]);
    }
  });

  it.each(['credentials', 'preflightContinue', 'enforce'] as const)('%s', (field) => {
    for (const value of [true, false]) {
      expect(policyOf({ origin, [field]: value })[field]).toBe(value);
    }
    for (const value of ['true', 1, 0, null, {}, []]) {
      expect(mistakesOf({ [field]: value })).toEqual([`${field} type`]);
    }
  });

  it('use takes a name', () => {
    for (const value of [1, null, {}, ['partners']]) {
      expect(mistakesOf({ use: value })).toEqual(['use type']);
    }
  });
});
