import type { FetchRequest } from './fetch-request.js';
import { isStream, serialisedOrigin } from './fetch-request.js';
import type { PreflightGrant } from './preflight.js';
import { isNonWildcardHeader, isSafelistedMethod, unsafeHeaderNames } from './safelisted-header.js';

interface CacheEntry {
  readonly origin: string;
  readonly url: string;
  readonly withCredentials: boolean;
  readonly kind: 'method' | 'header';
  readonly name: string;
  /** Milliseconds, by the clock of the browser. */
  expires: number;
}

/**
 * What a browser remembers of preflights: one entry per method and per header name.
 *
 * @see https://fetch.spec.whatwg.org/#concept-cache
 */
export class PreflightCache {
  #entries: readonly CacheEntry[] = [];

  constructor(private readonly now: () => number) {}

  /** Whether the request may be sent without another preflight. @see https://fetch.spec.whatwg.org/#http-fetch step 3.2 */
  covers(request: FetchRequest): boolean {
    const { method, headers, body } = request;
    return (
      ((isSafelistedMethod(method) && !isStream(body)) || this.#find(request, 'method', method).length > 0) &&
      unsafeHeaderNames(headers).every((name) => this.#find(request, 'header', name).length > 0)
    );
  }

  /** @see https://fetch.spec.whatwg.org/#cors-preflight-fetch steps 7.12 to 7.15 */
  store(request: FetchRequest, { methods, headerNames, maxAge }: PreflightGrant): void {
    const expires = this.now() + maxAge * 1000;
    for (const name of methods) {
      this.#put(request, 'method', name, expires);
    }
    for (const name of headerNames) {
      this.#put(request, 'header', name, expires);
    }
  }

  /** After a failure everything about the URL is asked again. @see https://fetch.spec.whatwg.org/#concept-cache-clear */
  clear(request: FetchRequest): void {
    const origin = serialisedOrigin(request);
    this.#entries = this.#entries.filter((entry) => entry.origin !== origin || entry.url !== keyUrl(request));
  }

  #put(request: FetchRequest, kind: CacheEntry['kind'], name: string, expires: number): void {
    const known = this.#find(request, kind, name);
    for (const entry of known) {
      entry.expires = expires;
    }
    if (known.length > 0) {
      return;
    }
    const withCredentials = request.credentials === 'include';
    const entry = { origin: serialisedOrigin(request), url: keyUrl(request), withCredentials, kind, name, expires };
    this.#entries = [...this.#entries, entry];
  }

  /** The entries that speak for a method or a header name. @see https://fetch.spec.whatwg.org/#concept-cache-match */
  #find(request: FetchRequest, kind: CacheEntry['kind'], name: string): readonly CacheEntry[] {
    const now = this.now();
    this.#entries = this.#entries.filter((entry) => entry.expires > now);
    const origin = serialisedOrigin(request);
    const url = keyUrl(request);
    return this.#entries.filter(
      (entry) =>
        entry.origin === origin &&
        entry.url === url &&
        (entry.withCredentials || request.credentials !== 'include') &&
        entry.kind === kind &&
        (entry.name === name || coversAll(entry, name)),
    );
  }
}

/** The standard forgets that `*` from an answer with credentials is a name like any other; browsers do not. */
function coversAll({ kind, name, withCredentials }: CacheEntry, wanted: string): boolean {
  return name === '*' && !withCredentials && (kind === 'method' || !isNonWildcardHeader(wanted));
}

/** A fragment never reaches a server. */
function keyUrl({ url }: FetchRequest): string {
  const { origin, pathname, search } = url;
  return `${origin}${pathname}${search}`;
}
