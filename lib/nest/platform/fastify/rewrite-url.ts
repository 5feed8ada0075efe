import type { IncomingMessage } from 'node:http';

import { optionsOf } from './fastify-options.js';

type RewriteUrl = (this: unknown, request: unknown) => unknown;

/**
 * Fastify's `rewriteUrl` runs before the router and the first hook. It gets the whole request, so it may send a preflight to
 * another route than the request that the preflight announces. Fastify keeps the target as sent in `originalUrl`.
 *
 * @returns whether it would send the preflight of this request to the same target; undefined if there is no such function.
 */
export function reroutedBy(app: object, raw: IncomingMessage): (() => boolean) | undefined {
  const sent: unknown = Object.hasOwn(raw, 'originalUrl') ? Reflect.get(raw, 'originalUrl') : undefined;
  return typeof sent === 'string' ? () => leadsPreflightTo(raw.url, app, raw, sent) : undefined;
}

/** False if the function cannot be called or throws: the target of the preflight is then unknown. */
function leadsPreflightTo(url: string | undefined, app: object, raw: IncomingMessage, sent: string): boolean {
  try {
    return rewriteUrlOf(app)?.call(app, preflightOf(raw, sent)) === url;
  } catch {
    return false;
  }
}

/** The preflight, as far as the request shows what it was. Changes to it do not affect the request. */
function preflightOf(raw: IncomingMessage, sent: string): unknown {
  const { host, origin, 'user-agent': agent } = raw.headers;
  const headers = { host, origin, 'user-agent': agent, accept: '*/*', 'access-control-request-method': raw.method };
  const own = { method: 'OPTIONS', url: sent, originalUrl: sent, headers };
  return Object.create(raw, Object.getOwnPropertyDescriptors(own));
}

function rewriteUrlOf(app: object): RewriteUrl | undefined {
  const rewrite: unknown = Reflect.get(optionsOf(app) ?? {}, 'rewriteUrl');
  return isFunction(rewrite) ? rewrite : undefined;
}

function isFunction(value: unknown): value is RewriteUrl {
  return typeof value === 'function';
}
