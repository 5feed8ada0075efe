import type { IncomingMessage, ServerResponse } from 'node:http';

import fastifyCors from '@fastify/cors';

import { HEADERS, MAX_AGE, METHODS } from '../apps/policies.js';
import type { Middleware } from './middleware.js';

type Hook = (request: object, reply: BareReply, next: () => void) => void;

/** As little of Fastify's reply as can be: less than the real one costs, so that it is not held against the plugin. */
class BareReply {
  readonly #headers: Record<string, string> = {};
  #status = 200;

  constructor(private readonly response: ServerResponse) {}

  header(name: string, value: string): this {
    this.#headers[name] = value;
    return this;
  }

  getHeader(name: string): string | undefined {
    return this.#headers[name];
  }

  code(status: number): this {
    this.#status = status;
    return this;
  }

  send(): void {
    this.response.writeHead(this.#status, this.#headers);
    this.response.end();
  }
}

/** `@fastify/cors`, which is what `enableCors` registers there: its hook, without Fastify around it. */
export function fastifyCorsPackage(origins: readonly string[]): Middleware {
  const hook = hookOf({
    origin: [...origins],
    credentials: true,
    methods: [...METHODS],
    allowedHeaders: [...HEADERS],
    maxAge: MAX_AGE,
  });
  return withReply((request, reply, next) => hook(request, reply, next));
}

/** The same without the plugin. */
export const bareReply: Middleware = withReply((_request, _reply, next) => next());

function withReply(hook: Hook): Middleware {
  return (raw: IncomingMessage, response: ServerResponse) => {
    const reply = new BareReply(response);
    hook({ raw, headers: raw.headers, routeOptions: { config: {} }, corsPreflightEnabled: false }, reply, () =>
      reply.send(),
    );
  };
}

function hookOf(options: object): Hook {
  let found: Hook | undefined;
  const fastify = {
    decorateRequest: () => undefined,
    options: () => undefined,
    addHook: (_name: string, hook: Hook) => {
      found = hook;
    },
  };
  const register: unknown = fastifyCors;
  (register as (instance: object, settings: object, done: () => void) => void)(fastify, options, () => undefined);
  if (found === undefined) {
    throw new Error('@fastify/cors has added no hook');
  }
  return found;
}
