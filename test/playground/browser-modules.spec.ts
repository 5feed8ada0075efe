/** What stands in for Node in browsers, compared with Node. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { METHODS } from 'node:http';
import { isIPv4 as isIPv4OfNode } from 'node:net';
import { runInNewContext } from 'node:vm';

import * as ofNode from '../../lib/packages/node.js';
import { isIPv4 } from '../../lib/policy/origins/origin.js';
import * as ofBrowsers from '../../page/playground/browser/node.js';
import { closestName, isComplete, isPublicSuffix, withPackages } from '../../page/playground/browser/on-demand.js';

const VALUES: readonly unknown[] = [
  undefined,
  null,
  7,
  'text',
  Symbol('s'),
  1n,
  true,
  {},
  [],
  () => true,
  class {},
  /a/g,
  RegExp.prototype,
  Object.create(/a/),
  { [Symbol.toStringTag]: 'RegExp', source: 'a' },
  new Error('e'),
  new TypeError('t'),
  new Date(0),
  new Map(),
  new Set(),
  Promise.resolve(),
  // oxlint-disable-next-line unicorn/no-thenable -- looking like a promise and being none is the point
  { then: () => undefined },
  new Number(1),
  new String('s'),
  new Boolean(false),
  Object(1n),
  Object(Symbol('s')),
  Number.prototype,
  new ArrayBuffer(1),
  new SharedArrayBuffer(1),
  new Uint8Array(1),
];

describe('the stand-in for Node', () => {
  it('has the same names', () => {
    expect(Object.keys(ofBrowsers).toSorted()).toEqual(Object.keys(ofNode).toSorted());
  });

  const [own, nodes] = [{ ...ofBrowsers }, { ...ofNode }];
  it.each(['isArrayBuffer', 'isBoxedPrimitive', 'isNativeError', 'isPromise', 'isProxy', 'isRegExp'] as const)(
    'answers %s() as Node does',
    (name) => {
      for (const value of VALUES) {
        expect([value, own[name](value)]).toEqual([value, nodes[name](value)]);
      }
    },
  );

  it('knows RegExps of other realms, and no proxies of them', () => {
    for (const value of [runInNewContext('/a/'), new Proxy(/a/, {})]) {
      expect(ofBrowsers.isRegExp(value)).toBe(ofNode.isRegExp(value));
    }
  });

  it('decodes bytes as Node does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const hex = Buffer.from(bytes).toString('hex');
        expect(ofBrowsers.utf8OfHex(hex)).toBe(ofNode.utf8OfHex(hex));
        const latin1 = Buffer.from(bytes).toString('latin1');
        expect(ofBrowsers.utf8OfLatin1(latin1)).toBe(ofNode.utf8OfLatin1(latin1));
      }),
      { numRuns: 2000 },
    );
  });

  it('gives two texts two digests', () => {
    expect(ofBrowsers.digestOf('a'.repeat(100))).not.toBe(ofBrowsers.digestOf('a'.repeat(99)));
  });

  it('knows no method that Node does not know, and all that have a decorator', () => {
    expect(ofBrowsers.KNOWN_METHODS.filter((method) => ![...METHODS, 'QUERY'].includes(method))).toEqual([]);
    expect(METHODS.filter((method) => !ofBrowsers.KNOWN_METHODS.includes(method))).toEqual([]);
  });
});

describe('isIPv4()', () => {
  it('is that of Node', () => {
    const number = fc.oneof(
      fc.integer({ min: 0, max: 300 }).map(String),
      fc.constantFrom('', '00', '01', '1e1', ' 1', '0x1'),
    );
    const address = fc.array(number, { minLength: 3, maxLength: 5 }).map((numbers) => numbers.join('.'));
    fc.assert(
      fc.property(fc.oneof(address, fc.ipV4(), fc.string(), fc.ipV6()), (host) => {
        expect(isIPv4(host)).toBe(isIPv4OfNode(host));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('what is loaded when it is needed', () => {
  it('is loaded, and what came of the call without it is thrown away', async () => {
    const runs: unknown[] = [];
    const work = async (): Promise<unknown> => {
      let suffix: unknown;
      try {
        suffix = isPublicSuffix('co.uk');
      } catch {
        // As the library does with what an app's code throws.
        suffix = 'swallowed';
      }
      runs.push(suffix);
      return [suffix, closestName('maxAgeSeconds', ['maxAge'])];
    };
    expect(await withPackages(work)).toEqual([true, 'maxAge']);
    expect(runs.length).toBeGreaterThan(1);
    expect(runs[0]).toBe('swallowed');
    expect(isComplete()).toBe(true);
  });

  it('hands on what else is thrown', async () => {
    await expect(
      withPackages(async () => {
        throw new RangeError('mine');
      }),
    ).rejects.toThrow('mine');
  });
});
