import type { IncomingMessage } from 'node:http';

/** What Express's router sets on every request, before it calls the first middleware. */
interface RoutedRequest {
  next?: unknown;
  baseUrl?: unknown;
  originalUrl?: unknown;
  params?: unknown;
  _parsedUrl?: unknown;
  [matched: symbol]: unknown;
}

/** How the router describes the symbol under which it sets one more, since its version 2.3. */
const MATCHED = 'router.tracing.matchedRoute';

/**
 * Gives requests the properties that Express adds, before Express changes their prototype: afterwards each property that is added
 * gives the request a hidden class of its own, and nothing that is read of it is cached. See `prepareForExpress`, which does the
 * same for responses. It saves an application more time than a CORS decision takes. What stands there already stays.
 */
export class RequestRoom {
  #matched: symbol | undefined;
  #isLearned = false;

  make(request: IncomingMessage): void {
    if (!takesProperties(request)) {
      return;
    }
    request.next ??= undefined;
    request.baseUrl ??= undefined;
    request.originalUrl ??= undefined;
    request.params ??= undefined;
    request._parsedUrl ??= undefined;
    if (this.#matched !== undefined) {
      request[this.#matched] ??= undefined;
    }
  }

  /** In the first middleware: the router exports its symbol nowhere. */
  learn(request: IncomingMessage): void {
    if (!this.#isLearned) {
      this.#isLearned = true;
      this.#matched = Object.getOwnPropertySymbols(request).find(({ description }) => description === MATCHED);
    }
  }
}

/** Express fails with any other, in its own words. */
function takesProperties(request: IncomingMessage): request is IncomingMessage & RoutedRequest {
  return Object.isExtensible(request);
}
