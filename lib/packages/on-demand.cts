// Packages that only some apps need. Each is loaded when it is first used.
//
// CommonJS in both builds, and a file of its own in what is published: here `require` of a literal is synchronous and lazy in
// every consumer, and esbuild, webpack and rollup see what it names and put it into a bundle.
declare function require(name: 'tldts'): typeof import('tldts');
declare function require(name: '@eslint-community/regexpp'): typeof import('@eslint-community/regexpp');
declare function require(name: 'find-my-way'): unknown;
declare function require(name: 'lru-cache'): typeof import('lru-cache');

interface OnDemand {
  /** The public suffix list. */
  tldts(): typeof import('tldts');
  /** The parser of regular expressions. */
  regexpp(): typeof import('@eslint-community/regexpp');
  /** Fastify's router: the copy that is used where Fastify's own cannot be read off its instance. */
  findMyWay(): unknown;
  /** Keeps the lists of a `CorsOriginStore` that were used last. */
  lruCache(): typeof import('lru-cache');
}

const onDemand: OnDemand = {
  tldts: () => require('tldts'),
  regexpp: () => require('@eslint-community/regexpp'),
  findMyWay: () => require('find-my-way'),
  lruCache: () => require('lru-cache'),
};

export = onDemand;
