import type { AbstractHttpAdapter } from '@nestjs/core';

/**
 * The order in which a router tries its routes.
 *
 * - `registration`: the first that was registered and matches.
 * - `specificity`: text before a parameter before a wildcard, at the first place where two patterns differ.
 * - `unknown`: only what both of these agree on is certain.
 */
export type RouterOrder = 'registration' | 'specificity' | 'unknown';

/** What an adapter tells about its router. */
export interface AdapterMatching {
  /** Whether this package knows how the router reads patterns: Express's, Fastify's, NodeAdapter's. */
  readonly isKnown: boolean;
  readonly order: RouterOrder;
  /**
   * Whether that holds only for routes that are registered one after the other: NodeAdapter begins another table after each
   * middleware, and tries its tables in turn.
   */
  readonly isLayered: boolean;
  /** Undefined if it does not say. */
  readonly caseSensitive: boolean | undefined;
  /** Undefined if it does not say. */
  readonly ignoresTrailingSlash: boolean | undefined;
  /** A longer parameter may not be one of the route. */
  readonly maxParamLength: number;
}

/** The default of find-my-way. A router without a limit only loses certainty. */
const USUAL_MAX_PARAM_LENGTH = 100;

/** `isRouteOrderSensitive()` and `getRouteMatchingOptions()` came with Nest 12, and an adapter need not have them. */
export function readMatching(adapter: AbstractHttpAdapter): AdapterMatching {
  const options = ask(adapter, 'getRouteMatchingOptions');
  const told: object = typeof options === 'object' && options !== null ? options : {};
  const maxParamLength: unknown = Reflect.get(told, 'maxParamLength');
  const type = adapter.getType();
  return {
    isKnown: ['express', 'fastify', 'node'].includes(type),
    order: orderOf(adapter, type),
    isLayered: type === 'node',
    caseSensitive: asBoolean(Reflect.get(told, 'caseSensitive')),
    ignoresTrailingSlash: asBoolean(Reflect.get(told, 'ignoreTrailingSlash')),
    maxParamLength: typeof maxParamLength === 'number' ? maxParamLength : USUAL_MAX_PARAM_LENGTH,
  };
}

/**
 * `false` only says that Nest need not sort the routes: adapters for Hono say it, and Hono runs what was registered first. So
 * it means specificity on the adapters whose routers are known, and no order on others.
 */
function orderOf(adapter: AbstractHttpAdapter, type: string): RouterOrder {
  const isSensitive = ask(adapter, 'isRouteOrderSensitive');
  if (isSensitive === true || (isSensitive === undefined && type === 'express')) {
    return 'registration';
  }
  return type === 'fastify' || (isSensitive === false && type === 'node') ? 'specificity' : 'unknown';
}

function ask(adapter: AbstractHttpAdapter, name: string): unknown {
  const method: unknown = Reflect.get(adapter, name);
  return typeof method === 'function' ? Reflect.apply(method, adapter, []) : undefined;
}

function asBoolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}
