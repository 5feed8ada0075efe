import type { IncomingMessage } from 'node:http';

import { optionsOf } from './fastify-options.js';

/** The application's function. */
export type RewriteUrl = (this: unknown, request: unknown) => unknown;

/**
 * Fastify's `rewriteUrl` runs before the router and the first hook. It gets the whole request, so it may send a preflight to
 * another route than the request that the preflight announces. Fastify keeps the target as sent in `originalUrl`. So does
 * @fastify/middie, which rewrites nothing: without a `rewriteUrl`, the property says nothing.
 *
 * @returns whether it would send the preflight of this request to the same target; undefined if the request was not rewritten.
 */
export function reroutedBy(rewrite: RewriteUrl, app: object, raw: IncomingMessage): (() => boolean) | undefined {
  const sent: unknown = Object.hasOwn(raw, 'originalUrl') ? Reflect.get(raw, 'originalUrl') : undefined;
  return typeof sent === 'string' ? () => leadsPreflightTo(raw.url, rewrite, app, raw, sent) : undefined;
}

/** Undefined if there is none. If Fastify does not show its options, it is one with an unknown target. */
export function rewriteUrlOf(app: object): RewriteUrl | undefined {
  const options = optionsOf(app);
  if (options === undefined) {
    return () => undefined;
  }
  const rewrite: unknown = Reflect.get(options, 'rewriteUrl');
  return isFunction(rewrite) ? rewrite : undefined;
}

/** False if the function throws: the target of the preflight is then unknown. */
function leadsPreflightTo(
  url: string | undefined,
  rewrite: RewriteUrl,
  app: object,
  raw: IncomingMessage,
  sent: string,
): boolean {
  try {
    return rewrite.call(app, preflightOf(raw, sent)) === url;
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

function isFunction(value: unknown): value is RewriteUrl {
  return typeof value === 'function';
}
