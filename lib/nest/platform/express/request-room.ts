import type { IncomingMessage } from 'node:http';
import { versions } from 'node:process';

/**
 * Up to Node 22, V8 gives an object whose prototype was changed a hidden class of its own with every property that is added. From
 * Node 24 on such objects share theirs, and room for properties costs more than it saves.
 */
const NEEDS_ROOM = Number.parseInt(versions.node, 10) < 24;

/** How the router describes the symbol under which it sets one more property, since its version 2.3. */
const MATCHED = 'router.tracing.matchedRoute';

/** What Express's router sets on every request, before it calls the first middleware. */
interface RoutedRequest {
  next?: unknown;
  baseUrl?: unknown;
  originalUrl?: unknown;
  params?: unknown;
  _parsedUrl?: unknown;
}

/**
 * Gives requests the properties that Express adds, before Express changes their prototype: afterwards each property that is added
 * gives the request a hidden class of its own, and nothing that is read of it is cached. See `prepareForExpress`, which does the
 * same for responses. Where that holds, it saves an application more time than a CORS decision takes.
 *
 * What a request has already, or inherits, is left alone: accessors of the app's own class are not called.
 */
export class RequestRoom {
  #matched: symbol | undefined;
  #isLearned = false;

  make(request: IncomingMessage): void {
    if (!NEEDS_ROOM) {
      return;
    }
    try {
      this.#fill(request);
    } catch {
      // A proxy, or an object that takes no properties. Without room it is only slower.
    }
  }

  /** In the first middleware: the router exports its symbol nowhere. */
  learn(request: IncomingMessage): void {
    if (!this.#isLearned) {
      this.#isLearned = true;
      this.#matched = matchedOf(request);
    }
  }

  /** Name by name, so that V8 knows each place. */
  #fill(request: IncomingMessage & RoutedRequest): void {
    if (!('next' in request)) {
      request.next = undefined;
    }
    if (!('baseUrl' in request)) {
      request.baseUrl = undefined;
    }
    if (!('originalUrl' in request)) {
      request.originalUrl = undefined;
    }
    if (!('params' in request)) {
      request.params = undefined;
    }
    if (!('_parsedUrl' in request)) {
      request._parsedUrl = undefined;
    }
    if (this.#matched !== undefined && !(this.#matched in request)) {
      Reflect.set(request, this.#matched, undefined);
    }
  }
}

function matchedOf(request: IncomingMessage): symbol | undefined {
  try {
    return Object.getOwnPropertySymbols(request).find(({ description }) => description === MATCHED);
  } catch {
    // A proxy of the app's own.
    return undefined;
  }
}
