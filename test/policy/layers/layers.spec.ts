import { describe, expect, it } from '@jest/globals';

import type { CompiledPolicy } from '../../../lib/policy/compile.js';
import { compileLayers, compileWith, mistakes } from '../policy-under-test.js';

const APP = 'https://app.example.com';
const OTHER = 'https://other.example';

/** What of a policy these tests are about. */
function allows({ policy }: CompiledPolicy, origin: string): boolean | undefined {
  return policy === undefined ? undefined : !policy.closed && policy.origins.matches(origin);
}

describe('layers, far to near', () => {
  it('have no policy, and no mistake, where forRoot shares nothing and no other layer is there', () => {
    expect(compileLayers({})).toMatchObject({ policy: undefined, issues: [], warnings: [], sources: {} });
    expect(compileLayers({ maxAge: 60, credentials: true })).toMatchObject({ policy: undefined, issues: [] });
    expect(compileLayers({}, [])).toMatchObject({ policy: undefined, issues: [] });
  });

  it('report an origin that no layer names, at the nearest one', () => {
    expect(mistakes(compileLayers({}, { maxAge: 60 }, { credentials: true }, []))).toEqual(['layer 2: origin-missing']);
    expect(mistakes(compileLayers({}, {}))).toEqual(['layer 1: origin-missing']);
    expect(compileLayers({}, { maxAge: 60 }).issues).toMatchObject([{ value: { maxAge: 60 } }]);
    expect(mistakes(compileLayers({}, { origin: 7 }))).not.toContain('layer 1: origin-missing');
    expect(mistakes(compileLayers({}, { maxAge: -1 }))).toContain('layer 1: origin-missing');
  });

  it('replace values key by key, the nearer one counting', () => {
    const { policy, sources } = compileLayers(
      { origin: APP, maxAge: 1, methods: ['PUT'] },
      { maxAge: 2, credentials: true },
      { maxAge: 3, methods: '*' },
    );
    expect(policy).toMatchObject({ maxAge: 3, methods: '*', credentials: true });
    expect(sources).toEqual({ origin: 'forRoot', maxAge: 'layer 2', methods: 'layer 2', credentials: 'layer 1' });
  });

  it('never join lists', () => {
    const { policy } = compileLayers(
      { origin: [APP], methods: ['PUT'], allowedHeaders: ['X-A'], exposedHeaders: ['X-A'] },
      { origin: [OTHER], methods: ['DELETE'], allowedHeaders: ['X-B'], exposedHeaders: ['X-B'] },
    );
    expect(policy?.origins.matches(APP)).toBe(false);
    expect(policy).toMatchObject({ methods: ['DELETE'], allowedHeaders: { text: 'X-B' }, exposedHeaders: 'X-B' });
  });

  it('take a key that is undefined for left out', () => {
    const nothing = {
      use: undefined,
      methods: undefined,
      allowedHeaders: undefined,
      exposedHeaders: undefined,
      credentials: undefined,
      maxAge: undefined,
      preflightContinue: undefined,
      optionsSuccessStatus: undefined,
      enforce: undefined,
      originTimeout: undefined,
      dangerouslyAllow: undefined,
    };
    const { policy, issues } = compileLayers({ origin: APP, maxAge: 7, methods: ['PUT'], enforce: true }, nothing);
    expect(issues).toEqual([]);
    expect(policy).toMatchObject({ maxAge: 7, methods: ['PUT'], enforce: true });
  });

  it('fill in the defaults', () => {
    expect(compileLayers({}, { origin: APP }).policy).toMatchObject({
      closed: false,
      asks: [],
      credentials: false,
      methods: 'auto',
      methodsText: undefined,
      allowedHeaders: '*',
      exposedHeaders: undefined,
      maxAge: undefined,
      optionsSuccessStatus: 204,
      preflightContinue: false,
      enforce: false,
      originTimeout: 2000,
      varies: true,
    });
  });

  it('know what auto means for an entry of paths', async () => {
    const { compilePolicy } = await import('../../../lib/policy/compile.js');
    const { readNamedPolicies } = await import('../../../lib/policy/layers/named-policies.js');
    const layers = [{ where: 'paths[0]', values: [{ origin: APP }] }];
    const options = { served: ['GET', 'PUT', 'PUT'] };
    expect(compilePolicy(layers, readNamedPolicies({}).named, options).policy).toMatchObject({
      methods: ['GET', 'PUT'],
      methodsText: 'GET, PUT',
    });
    const explicit = [{ where: 'paths[0]', values: [{ origin: APP, methods: '*' }] }];
    expect(compilePolicy(explicit, readNamedPolicies({}).named, options).policy?.methods).toBe('*');
  });
});

describe('{ add }', () => {
  it('adds to the inherited list, layer by layer', () => {
    const { policy, sources } = compileLayers(
      { origin: APP, allowedHeaders: ['X-A'], exposedHeaders: 'X-A' },
      { allowedHeaders: { add: ['X-B', 'x-a'] } },
      { allowedHeaders: { add: 'X-C' }, exposedHeaders: { add: ['X-B'] } },
    );
    expect(policy).toMatchObject({ allowedHeaders: { text: 'X-A, X-B, X-C' }, exposedHeaders: 'X-A, X-B' });
    expect(sources).toMatchObject({ allowedHeaders: 'layer 2', exposedHeaders: 'layer 2' });
  });

  it('adds up on one target', () => {
    const stacked = [{ allowedHeaders: { add: ['X-B'] } }, { allowedHeaders: { add: ['X-C'] } }];
    expect(compileLayers({ origin: APP, allowedHeaders: ['X-A'] }, stacked).policy?.allowedHeaders).toMatchObject({
      text: 'X-A, X-B, X-C',
    });
  });

  it('adds to no exposed headers, which is the default', () => {
    expect(compileLayers({}, { origin: APP, exposedHeaders: { add: ['Link'] } }).policy?.exposedHeaders).toBe('Link');
  });

  it.each([{}, { allowedHeaders: '*' }])('is idle over an allowedHeaders of *, and says so', (inherited) => {
    const { policy, issues, warnings, sources } = compileLayers(
      { origin: APP, ...inherited },
      { allowedHeaders: { add: ['X-A'] } },
    );
    expect(issues).toEqual([]);
    expect(policy?.allowedHeaders).toBe('*');
    expect(sources.allowedHeaders).not.toBe('layer 1');
    expect(warnings).toEqual([
      { where: 'layer 1', path: 'allowedHeaders.add', text: expect.stringContaining('allows every name') },
    ]);
  });

  it('says which names * does not cover, and that they have to be listed', () => {
    const add = ['X-A', 'X-Forwarded-Host', 'Forwarded'];
    expect(compileLayers({ origin: APP }, { allowedHeaders: { add } }).warnings).toEqual([
      {
        where: 'layer 1',
        path: 'allowedHeaders.add',
        text: "has no effect: the inherited allowedHeaders is '*', which does not cover X-Forwarded-Host, Forwarded; write the whole list without add",
      },
    ]);
  });

  it('is a mistake over an exposedHeaders of *', () => {
    expect(mistakes(compileLayers({ origin: APP, exposedHeaders: '*' }, { exposedHeaders: { add: ['X-A'] } }))).toEqual(
      ['layer 1: exposedHeaders.add nothing-to-extend'],
    );
  });
});

describe('false', () => {
  it('closes, and keeps nothing of what is inherited but forRoot', () => {
    const { policy, issues, sources } = compileLayers(
      { origin: APP, enforce: true },
      { maxAge: 9, credentials: true },
      false,
    );
    expect(issues).toEqual([]);
    expect(policy).toMatchObject({ closed: true, varies: false, enforce: true, maxAge: undefined, credentials: false });
    expect(sources).toEqual({ origin: 'layer 2', enforce: 'forRoot' });
  });

  it('keeps a policy enforced that was so when it was closed, until an origin opens it again', () => {
    const guarded = { origin: APP, enforce: true };
    const closed = compileLayers({ origin: '*' }, guarded, false);
    expect(closed.policy).toMatchObject({ closed: true, enforce: true });
    expect(closed.sources).toEqual({ origin: 'layer 2', enforce: 'layer 1' });
    expect(compileWith({ shut: false }, {}, guarded, 'shut').policy).toMatchObject({ closed: true, enforce: true });
    expect(compileLayers({}, guarded, false, false).policy).toMatchObject({ closed: true, enforce: true });
    const opened = [{ origin: APP }, { origin: APP, maxAge: 1 }];
    for (const layer of opened) {
      expect(compileLayers({}, guarded, false, layer).policy).toMatchObject({ closed: false, enforce: false });
      expect(compileLayers({}, guarded, false, layer, false).policy).toMatchObject({ closed: true, enforce: false });
    }
    expect(compileLayers({ enforce: true }, { origin: APP, enforce: false }, false).policy).toMatchObject({
      enforce: true,
    });
  });

  it.each([
    ['another option', { maxAge: 60 }],
    ['an empty policy', {}],
    ['an acknowledgement', { dangerouslyAllow: ['null-origin'] }],
    ['credentials', { credentials: true }],
    ['a named policy without an origin', 'slow'],
    ['a named policy without an origin, and another option', { use: 'slow', credentials: true }],
  ])('is not opened by %s', (_, layer) => {
    const result = compileWith({ slow: { maxAge: 1 } }, { origin: '*' }, false, layer);
    expect(mistakes(result)).toEqual(['layer 2: opens-nothing']);
    expect(result.policy).toBeUndefined();
  });

  it('is opened by a layer that names an origin, on what forRoot says', () => {
    const result = compileLayers({ origin: '*', maxAge: 5 }, { methods: ['PUT'] }, false, {
      origin: APP,
      enforce: true,
    });
    expect(result.policy).toMatchObject({ closed: false, maxAge: 5, methods: 'auto', enforce: true });
    expect(allows(result, OTHER)).toBe(false);
    expect(result.sources).toEqual({ origin: 'layer 3', maxAge: 'forRoot', enforce: 'layer 3' });
  });

  it('is opened by a named policy that names an origin', () => {
    expect(allows(compileWith({ app: { origin: APP } }, {}, false, 'app'), APP)).toBe(true);
    expect(allows(compileWith({ slow: { maxAge: 1 } }, {}, false, { use: 'slow', origin: APP }), APP)).toBe(true);
  });

  it('stays closed below further layers that close', () => {
    expect(compileWith({ shut: false }, { origin: '*' }, false, 'shut', false).policy?.closed).toBe(true);
  });

  it('on a target discards what was executed before it, and starts over for what comes after', () => {
    expect(compileLayers({}, [{ origin: APP }, false]).policy?.closed).toBe(true);
    expect(allows(compileLayers({}, [{ maxAge: 5 }, false, { origin: APP }]), APP)).toBe(true);
    expect(compileLayers({}, [{ maxAge: 5 }, false, { origin: APP }]).policy?.maxAge).toBeUndefined();
    expect(mistakes(compileLayers({ origin: APP }, [{ origin: APP }, false, { maxAge: 5 }]))).toEqual([
      'layer 1: opens-nothing',
    ]);
  });

  it('does not hide the mistakes of what it discards', () => {
    expect(mistakes(compileLayers({}, [{ maxAge: -1 }, false]))).toEqual(['layer 1: maxAge max-age']);
  });

  it('is opened by a target as a whole, not by each of its decorators', () => {
    expect(allows(compileLayers({}, false, [{ maxAge: 60 }, { origin: APP }]), APP)).toBe(true);
  });

  it('of forRoot closes everything that does not name an origin', () => {
    expect(compileLayers(false).policy?.closed).toBe(true);
    expect(mistakes(compileLayers(false, { maxAge: 1 }))).toEqual(['layer 1: opens-nothing']);
    expect(mistakes(compileWith({ slow: { maxAge: 1 } }, false, 'slow'))).toEqual(['layer 1: opens-nothing']);
  });
});

describe('origin: false', () => {
  it.each([false, []])('(%j) is inherited like any value, so nothing opens it but another origin', (origin) => {
    const root = { origin: '*' };
    expect(compileLayers(root, { origin }, { maxAge: 60 }).policy?.closed).toBe(true);
    expect(allows(compileLayers(root, { origin }, { origin: APP }), APP)).toBe(true);
  });
});

describe('use', () => {
  const book = { partners: { origin: APP, maxAge: 10 }, slow: { maxAge: 99 }, shut: false, missing: undefined };

  it('drops what is inherited, but not what forRoot says', () => {
    const { policy, sources } = compileWith(
      book,
      { credentials: false, methods: ['PUT'], maxAge: 1 },
      { origin: OTHER, allowedHeaders: ['X-A'] },
      'partners',
    );
    expect(policy).toMatchObject({ methods: ['PUT'], maxAge: 10, allowedHeaders: '*' });
    expect(policy?.origins.matches(OTHER)).toBe(false);
    expect(sources).toEqual({
      origin: 'policies.partners',
      maxAge: 'policies.partners',
      methods: 'forRoot',
      credentials: 'forRoot',
    });
  });

  it('puts the keys of its own layer on top', () => {
    const { policy, sources } = compileWith(book, {}, { use: 'partners', maxAge: 60, credentials: true });
    expect(policy).toMatchObject({ maxAge: 60, credentials: true });
    expect(sources).toEqual({ origin: 'policies.partners', maxAge: 'layer 1', credentials: 'layer 1' });
  });

  it('falls back on the origin of forRoot', () => {
    expect(allows(compileWith(book, { origin: APP }, { origin: OTHER }, 'slow'), APP)).toBe(true);
    expect(mistakes(compileWith(book, {}, { origin: OTHER }, 'slow'))).toEqual(['layer 2: origin-missing']);
  });

  it('later on a target discards what was executed before', () => {
    const { policy } = compileWith(book, {}, [{ maxAge: 1, methods: ['PUT'] }, 'partners', { enforce: true }]);
    expect(policy).toMatchObject({ maxAge: 10, methods: 'auto', enforce: true });
    expect(compileWith(book, {}, ['slow', 'partners']).policy?.maxAge).toBe(10);
  });

  it('of a policy that is false closes, and allows nothing beside it', () => {
    expect(compileWith(book, { origin: APP }, 'shut')).toMatchObject({
      policy: { closed: true },
      sources: { origin: 'policies.shut' },
    });
    expect(mistakes(compileWith(book, { origin: APP }, { use: 'shut', maxAge: 5 }))).toEqual([
      'layer 1: opens-nothing',
    ]);
    expect(mistakes(compileWith(book, { origin: APP }, { use: 'shut', origin: APP }))).toEqual([
      'layer 1: opens-nothing',
    ]);
  });

  it('of an unknown name is a mistake, with a guess', () => {
    const { issues } = compileWith(book, {}, 'partnes', { use: 'missing' });
    expect(issues).toEqual([
      {
        code: 'unknown-policy',
        where: 'layer 1',
        path: 'use',
        value: 'partnes',
        guess: 'partners',
        suggestion: undefined,
      },
      {
        code: 'unknown-policy',
        where: 'layer 2',
        path: 'use',
        value: 'missing',
        guess: undefined,
        suggestion: undefined,
      },
    ]);
  });

  it.each([
    ['https://app.example.com', '{ origin: "https://app.example.com" }', '{ origin: "https://app.example.com" }'],
    ['https://App.example.com/', '{ origin: "https://app.example.com" }', '{ origin: "https://app.example.com" }'],
    ['app.example.com', '{ origin: "https://app.example.com" }', '{ origin: "https://app.example.com" }'],
    ['localhost:3000', '{ origin: "http://localhost:3000" }', '{ origin: "http://localhost:3000" }'],
    ['http://a.example:443', '{ origin: "http://a.example:443" }', '{ origin: "https://a.example" }'],
    ['*', "{ origin: '*' }", "{ origin: '*', credentials: false }"],
    ['https://*.github.io', undefined, undefined],
    ['https://*.amazonaws.com', undefined, undefined],
    ['moz-extension://*', undefined, undefined],
    ['nobody', undefined, undefined],
  ])('of %s is taken for an origin in the wrong place, where it is one', (name, suggestion, withCredentials) => {
    expect(compileWith(book, {}, name).issues).toMatchObject([{ code: 'unknown-policy', suggestion }]);
    expect(compileWith(book, { credentials: true }, name).issues).toMatchObject([
      { code: 'unknown-policy', suggestion: withCredentials },
    ]);
  });

  it('of an unknown name opens nothing either', () => {
    expect(mistakes(compileWith(book, {}, false, 'partnes'))).toEqual(['layer 2: use unknown-policy']);
    expect(mistakes(compileWith(book, {}, false, { use: 'partnes', maxAge: 1 }))).toEqual([
      'layer 2: use unknown-policy',
      'layer 2: opens-nothing',
    ]);
  });

  it('stands neither in forRoot nor in a named policy', () => {
    expect(mistakes(compileWith(book, { use: 'partners', origin: APP }))).toEqual(['forRoot: use nested-use']);
    expect(mistakes(compileWith(book, 'partners'))).toEqual(['forRoot: use nested-use']);
    expect(mistakes(compileWith({ a: { use: 'b' }, b: 'c' }, {}))).toEqual([
      'policies.a: use nested-use',
      'policies.b: use nested-use',
    ]);
  });

  it('of a policy with mistakes reports these, under its name', () => {
    const result = compileWith({ bad: { origin: APP, maxAge: 'x' } }, {}, 'bad');
    expect(mistakes(result)).toEqual(['policies.bad: maxAge type', 'policies.bad: maxAge type']);
    expect(result.policy).toBeUndefined();
  });
});
