import onDemand from '../../../packages/on-demand.cjs';
import type { CreateRouter } from '../../../routing/fastify-table.js';
import type { FastifyApp } from './fastify-types.js';

/** What Fastify calls the symbol under which an instance, and each of its children, keeps the router of its 404s. */
const NOT_FOUND = 'fastify.404';

/**
 * The copy of find-my-way that Fastify itself uses, whichever version that is and wherever it is installed: another copy may
 * read a URL differently. It is read off the instance, as in a bundle and under a strict package manager no package of
 * Fastify's can be found by name.
 *
 * That place is internal. If a later Fastify has moved it, the copy that this package depends on is used instead, and the
 * log says so: matched routes are handled as before, as Fastify names them itself; the copy only looks up preflights.
 */
export function routerFactoryOf(app: FastifyApp, warn: (message: string) => void): CreateRouter {
  const theirs = constructorOf(notFoundRouterOf(app));
  if (theirs !== undefined) {
    return theirs;
  }
  const ours = onDemand.findMyWay();
  if (!isFactory(ours)) {
    throw new TypeError('nestjs-cors cannot load find-my-way, which it depends on');
  }
  warn(
    'this version of Fastify does not expose its router: preflights are looked up in the find-my-way that nestjs-cors depends on, ' +
      'which may read an unusual URL differently; please report this with the version of Fastify',
  );
  return ours;
}

/** A child instance, which a plugin may have given to the adapter, inherits from its parent. */
function notFoundRouterOf(app: FastifyApp): unknown {
  for (let owner: unknown = app; typeof owner === 'object' && owner !== null; owner = Object.getPrototypeOf(owner)) {
    const symbol = Object.getOwnPropertySymbols(owner).find(({ description }) => description === NOT_FOUND);
    const notFound: unknown = symbol === undefined ? undefined : Reflect.get(owner, symbol);
    if (typeof notFound === 'object' && notFound !== null) {
      return Reflect.get(notFound, 'router');
    }
  }
  return undefined;
}

/** find-my-way is one function, which makes a router with `new` and without. */
function constructorOf(router: unknown): CreateRouter | undefined {
  const found: unknown = typeof router === 'object' && router !== null ? router.constructor : undefined;
  const isRouter =
    found !== Object && typeof router === 'object' && router !== null && 'on' in router && 'find' in router;
  return isRouter && isFactory(found) ? found : undefined;
}

function isFactory(value: unknown): value is CreateRouter {
  return typeof value === 'function';
}
