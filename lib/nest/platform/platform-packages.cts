// CommonJS in both builds: only here are `require.resolve` and a place to resolve from the same for every consumer.
import path = require('node:path');

/**
 * Loads the copy of a package that the platform itself uses: `['@nestjs/platform-fastify', 'fastify', 'find-my-way']` is the
 * find-my-way that Fastify's router is made of, whichever version that is. Another copy may read a URL differently.
 *
 * Undefined where one link of the chain cannot be found: a package manager that hides what is not declared.
 */
function loadPlatformPackage(chain: readonly string[]): unknown {
  try {
    let from = __dirname;
    for (const name of chain.slice(0, -1)) {
      from = path.dirname(require.resolve(name, { paths: [from] }));
    }
    const last = chain.at(-1);
    return last === undefined ? undefined : require(require.resolve(last, { paths: [from] }));
  } catch {
    return undefined;
  }
}

export = { loadPlatformPackage };
