import type { IncomingMessage, ServerResponse } from 'node:http';

import type { RouteParams } from '../../../routing/route-table.js';

/** What is used of a Fastify instance. Its own types are not imported: an app on Express has no Fastify installed. */
export interface FastifyApp {
  readonly initialConfig: Readonly<Record<string, unknown>>;
  addHook(name: 'onRoute', hook: (options: FastifyRouteOptions) => void): unknown;
  addHook(name: 'onReady', hook: (done: (error?: Error) => void) => void): unknown;
  hasRequestDecorator(name: string): boolean;
  /** Of find-my-way's own strategies (`host`, `version`) only once a route has used them. */
  hasConstraintStrategy(name: string): boolean;
  readonly supportedMethods: readonly string[];
  printRoutes(options: object): string;
}

export interface FastifyRouteOptions {
  readonly method: string | readonly string[];
  readonly url: string;
  /** Of the plugin that registers the route. */
  readonly prefix: string;
  readonly handler: (this: unknown, request: unknown, reply: unknown) => unknown;
  readonly constraints?: object | undefined;
  config?: object | undefined;
}

export interface FastifyRequest {
  readonly raw: IncomingMessage;
  /** Null where Fastify could not route the request at all. */
  readonly params: RouteParams | undefined | null;
  readonly routeOptions: { readonly config?: object | undefined };
  /** No route was matched. */
  readonly is404: boolean;
}

export interface FastifyReply {
  readonly raw: ServerResponse;
  hijack(): unknown;
}

/** Throws if the adapter's instance is not a Fastify instance: its routes could not be read. */
export function readFastifyApp(instance: unknown): FastifyApp {
  if (!isFastifyApp(instance)) {
    throw new TypeError('nestjs-cors watches the routes of Fastify 5, but this instance has no hooks for that');
  }
  return instance;
}

function isFastifyApp(value: unknown): value is FastifyApp {
  return (
    typeof value === 'object' &&
    value !== null &&
    'addHook' in value &&
    'initialConfig' in value &&
    'hasRequestDecorator' in value &&
    'supportedMethods' in value &&
    'printRoutes' in value
  );
}

/** The request that Fastify hands to hooks and handlers. */
export function asFastifyRequest(value: unknown): FastifyRequest {
  if (!isFastifyRequest(value)) {
    throw new TypeError('this is not a request of Fastify');
  }
  return value;
}

function isFastifyRequest(value: unknown): value is FastifyRequest {
  return typeof value === 'object' && value !== null && 'routeOptions' in value;
}

/** The reply that Fastify hands to hooks and handlers. */
export function asFastifyReply(value: unknown): FastifyReply {
  if (!isFastifyReply(value)) {
    throw new TypeError('this is not a reply of Fastify');
  }
  return value;
}

function isFastifyReply(value: unknown): value is FastifyReply {
  return typeof value === 'object' && value !== null && 'hijack' in value;
}
