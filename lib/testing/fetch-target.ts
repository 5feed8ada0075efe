import { Server } from 'node:net';
import { quotedValue } from '../policy/mistakes/safe-text.js';
import { isLocalhost, isLoopback } from './origin.js';
import type { Endpoint } from './shared-server.js';
import { borrowServer } from './shared-server.js';

/** What a Nest application has in every version, on every platform. */
export interface NestApp {
  getHttpServer(): unknown;
  getHttpAdapter(): { getInstance(): unknown };
}

/** The server that answers: a Nest application after `init()`, a Node server (listening or not), or the URL of another server. */
export type FetchTarget = NestApp | Server | URL | string;

/**
 * Callers without types may pass any value.
 *
 * @throws TypeError for any other value.
 */
export function checkTarget(target: unknown): void {
  if (typeof target === 'string' || target instanceof URL) {
    checkServerUrl('The URL of the server', target);
  } else if (!(target instanceof Server) && !isNestApp(target)) {
    throw new TypeError('fetch() takes a Nest application, a node:http server or a URL');
  }
}

/** @throws TypeError for what is not an absolute URL of a server: `localhost:3000` has the scheme `localhost`. */
export function checkServerUrl(what: string, given: unknown): void {
  const text = String(given);
  if (!URL.canParse(text) || !/^(?:http|ws)s?:$/.test(new URL(text).protocol)) {
    throw new TypeError(`${what} must be one such as 'http://localhost:3000', not ${quotedValue(text)}`);
  }
}

function isNestApp(target: unknown): boolean {
  return typeof target === 'object' && target !== null && 'getHttpServer' in target && 'getHttpAdapter' in target;
}

/**
 * Makes a target reachable.
 *
 * @throws TypeError for an application before `init()`, or without a server.
 */
export async function borrowTarget(target: FetchTarget): Promise<Endpoint> {
  if (typeof target === 'string' || target instanceof URL) {
    return remoteEndpoint(new URL(target));
  }
  return borrowServer(target instanceof Server ? target : await serverOf(target));
}

/** The endpoint behind a URL. */
export function remoteEndpoint(url: URL): Endpoint {
  const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
  const port = Number(url.port || (protocol === 'https:' ? 443 : 80));
  // Browsers find every `*.localhost` on loopback; resolvers often do not.
  const host = isLocalhost(url.hostname) ? 'localhost' : url.hostname.replace(/^\[|\]$/g, '');
  return { protocol, host, port, verify: !isLoopback(url), release: () => Promise.resolve() };
}

async function serverOf(app: NestApp): Promise<Server> {
  // Before init() there are no routes: every answer would be a 404 without CORS headers, which looks like a refusal.
  if ('isInitialized' in app && app.isInitialized === false) {
    throw new TypeError('The application is not initialised: call `await app.init()` before you fetch from it');
  }
  await ready(app.getHttpAdapter().getInstance());
  const server = app.getHttpServer();
  if (server instanceof Server) {
    return server;
  }
  throw new TypeError('The application has no node:http server');
}

/** Fastify routes nothing before `ready()`, which `app.init()` does not call. Express has no such method. */
async function ready(instance: unknown): Promise<void> {
  if (hasReady(instance)) {
    await instance.ready();
  }
}

function hasReady(instance: unknown): instance is { ready(): PromiseLike<unknown> } {
  return (
    typeof instance === 'object' && instance !== null && 'ready' in instance && typeof instance.ready === 'function'
  );
}
