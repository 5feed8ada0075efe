import type { Browser } from './browser.js';
import { checkPort } from './blocked-port.js';
import { CorsBlockedError } from './cors-blocked.error.js';
import { checkCors, checkResourcePolicy } from './cors-check.js';
import type { CorsFailure } from './cors-failure.js';
import type { CorsExchange } from './exchange.js';
import type { FetchRequest } from './fetch-request.js';
import { includesCredentials, needsPreflight, requestSite } from './fetch-request.js';
import { type HeaderLine, toHeaders } from './header-list.js';
import { matchesIntegrity } from './integrity.js';
import { isSameOrigin, isTrustworthy } from './origin.js';
import type { PageResponse, PageResponseType } from './page-response.js';
import { filterResponse } from './page-response.js';
import { grantOf, judgePreflight, preflightFor } from './preflight.js';
import { followRedirect, isRedirect } from './redirect.js';
import { requestHeaders } from './request-headers.js';
import type { NetworkResponse, Transport } from './transport.js';

/** One call of `fetch()`, from the page's request to what the page sees. */
export class Fetching {
  readonly #transcript: CorsExchange[] = [];

  constructor(
    private readonly browser: Browser,
    private readonly transport: Transport,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** @see https://fetch.spec.whatwg.org/#main-fetch */
  async run(first: FetchRequest): Promise<PageResponse> {
    for (let asked = first; ;) {
      const request = this.#taint(asked);
      const response = await this.#httpFetch(request);
      const next = isRedirect(response) ? followRedirect(request, response) : null;
      if (next === null) {
        return this.#hand(request, response);
      }
      asked = 'step' in next ? this.#block(next, request) : next;
      response.body.resume();
    }
  }

  /** How much the page may see, decided before anything is sent. @see https://fetch.spec.whatwg.org/#main-fetch step 12 */
  #taint(request: FetchRequest): FetchRequest {
    const { origin, url, mode, redirect, tainting, cache } = request;
    checkPort(url);
    if (mode === 'navigate') {
      return request;
    }
    const refuse = (step: CorsFailure['step'], wanted: string): never =>
      this.#block({ step, header: null, actual: url.href, expected: wanted }, request);
    if (origin.startsWith('https:') && !isTrustworthy(url)) {
      return refuse('mixed-content', 'an https URL');
    }
    if (isSameOrigin(origin, url.origin) && tainting === 'basic') {
      if (cache === 'only-if-cached') {
        throw new TypeError(`cache "only-if-cached" failed for ${url}: there is no HTTP cache here`);
      }
      return request;
    }
    if (mode === 'same-origin') {
      return refuse('same-origin-mode', `a URL of ${origin}`);
    }
    if (mode === 'cors') {
      return { ...request, tainting: 'cors' };
    }
    if (redirect !== 'follow') {
      return refuse('no-cors-redirect', "redirect: 'follow'");
    }
    return { ...request, tainting: 'opaque' };
  }

  /** @see https://fetch.spec.whatwg.org/#http-fetch */
  async #httpFetch(request: FetchRequest): Promise<NetworkResponse> {
    const isPreflighted = request.tainting === 'cors' && needsPreflight(request);
    try {
      if (isPreflighted) {
        await this.#preflight(request);
      }
      return await this.#checkedFetch(request);
    } catch (error) {
      if (isPreflighted) {
        this.browser.preflights.clear(request);
      }
      throw error;
    }
  }

  /** @see https://fetch.spec.whatwg.org/#cors-preflight-fetch */
  async #preflight(request: FetchRequest): Promise<void> {
    const { preflights, preflightMaxAge } = this.browser;
    const preflight = preflightFor(request);
    if (preflights.covers(request)) {
      this.#transcript.push({
        kind: 'preflight',
        fromCache: true,
        request: messageOf(preflight, requestHeaders(preflight, this.browser)),
        response: null,
      });
      return;
    }
    const response = await this.#exchange('preflight', preflight);
    response.body.resume();
    const failure = judgePreflight(request, response);
    if (failure !== null) {
      this.#block(failure, request);
    }
    preflights.store(request, grantOf(request, response, preflightMaxAge));
  }

  async #checkedFetch(request: FetchRequest): Promise<NetworkResponse> {
    const response = await this.#exchange('request', request);
    // The browser stores cookies even of an answer that the page cannot read.
    if (includesCredentials(request)) {
      this.#storeCookies(request, response);
    }
    const failure = failureOf(request, response);
    if (failure !== null) {
      this.#block(failure, request);
    }
    return response;
  }

  async #exchange(kind: CorsExchange['kind'], request: FetchRequest): Promise<NetworkResponse> {
    const { method, url, body } = request;
    const lines = requestHeaders(request, this.browser);
    const response = await this.transport.send({ method, url, lines, body });
    const { status, headers } = response;
    this.#transcript.push({
      kind,
      fromCache: false,
      request: messageOf(request, lines),
      response: { status, headers },
    });
    return response;
  }

  #storeCookies(request: FetchRequest, { headers }: NetworkResponse): void {
    for (const line of headers.getSetCookie()) {
      this.browser.cookies.store(line, request.url, requestSite(request));
    }
  }

  /** @see https://fetch.spec.whatwg.org/#main-fetch steps 14 to 22 */
  async #hand(request: FetchRequest, response: NetworkResponse): Promise<PageResponse> {
    this.signal?.throwIfAborted();
    const type: PageResponseType =
      isRedirect(response) && request.redirect === 'manual' ? 'opaqueredirect' : request.tainting;
    const isEmpty = request.method === 'HEAD' || isNullBodyStatus(response.status);
    const stream = this.#streamOf(request, isEmpty ? response.body : this.transport.decoded(response));
    const isHidden = type === 'opaque' || type === 'opaqueredirect';
    const body = isEmpty || isHidden ? null : stream;
    const checked = request.integrity === '' ? body : await this.#verify(request, body);
    return filterResponse(request, { ...response, body: checked }, type, [...this.#transcript]);
  }

  #streamOf({ method, url }: FetchRequest, bytes: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
    const description = `${method} ${url}: the connection was lost before the body was complete`;
    return this.transport.stream(bytes, { description, signal: this.signal });
  }

  /** The page gets the body only after all of it has been checked. */
  async #verify(request: FetchRequest, body: ReadableStream<Uint8Array> | null): Promise<ReadableStream<Uint8Array>> {
    const { method, url, integrity } = request;
    if (body === null) {
      throw new TypeError(`${method} ${url} has no body that the page may read, so integrity cannot be checked`);
    }
    const bytes = new Uint8Array(await new Response(body).arrayBuffer());
    if (!(await matchesIntegrity(bytes, integrity))) {
      throw new TypeError(`The body of ${method} ${url} does not have the integrity ${JSON.stringify(integrity)}`);
    }
    return this.#streamOf(request, once(bytes));
  }

  #block(failure: CorsFailure, request: FetchRequest): never {
    throw new CorsBlockedError(failure, request, this.#transcript, this.transport.targetOf(request.url));
  }
}

function failureOf(request: FetchRequest, response: NetworkResponse): CorsFailure | null {
  if (request.tainting === 'basic') {
    return null;
  }
  return request.tainting === 'cors' ? checkCors(request, response) : checkResourcePolicy(request, response);
}

function messageOf({ method, url }: FetchRequest, lines: readonly HeaderLine[]): CorsExchange['request'] {
  return { method, url: url.href, headers: toHeaders(lines) };
}

/** @see https://fetch.spec.whatwg.org/#null-body-status */
function isNullBodyStatus(status: number): boolean {
  return [101, 103, 204, 205, 304].includes(status);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength > 0) {
    yield bytes;
  }
}
