import type { Browser } from './browser.js';
import { bodyStream } from './body-stream.js';
import { CorsBlockedError } from './cors-blocked.error.js';
import { checkCors, checkResourcePolicy } from './cors-check.js';
import type { CorsFailure } from './cors-failure.js';
import type { CorsExchange } from './exchange.js';
import type { FetchRequest } from './fetch-request.js';
import { includesCredentials, needsPreflight } from './fetch-request.js';
import type { Network, NetworkResponse } from './network.js';
import { isSameOrigin, isTrustworthy } from './origin.js';
import type { PageResponse, PageResponseType } from './page-response.js';
import { filterResponse } from './page-response.js';
import { grantOf, judgePreflight, preflightFor } from './preflight.js';
import { followRedirect, isRedirect } from './redirect.js';
import { requestHeaders } from './request-headers.js';

/** One call of `fetch()`, from the page's request to what the page sees. */
export class Fetching {
  readonly #transcript: CorsExchange[] = [];

  constructor(
    private readonly browser: Browser,
    private readonly network: Network,
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
    const { origin, url, mode, redirect, tainting } = request;
    const refuse = (step: CorsFailure['step'], wanted: string): never =>
      this.#block({ step, header: null, actual: url.href, expected: wanted }, request);
    if (origin.startsWith('https:') && !isTrustworthy(url)) {
      return refuse('mixed-content', 'an https URL');
    }
    if (isSameOrigin(origin, url.origin) && tainting === 'basic') {
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
        request: this.#messageOf(preflight),
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
    preflights.store(request, grantOf(response, preflightMaxAge));
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
    const message = this.#messageOf(request);
    const response = await this.network.send(message, request.body);
    const { status, headers } = response;
    this.#transcript.push({ kind, fromCache: false, request: message, response: { status, headers } });
    return response;
  }

  #messageOf(request: FetchRequest): CorsExchange['request'] {
    return { method: request.method, url: request.url.href, headers: requestHeaders(request, this.browser) };
  }

  #storeCookies({ url, origin }: FetchRequest, { headers }: NetworkResponse): void {
    for (const line of headers.getSetCookie()) {
      this.browser.cookies.store(line, url, origin);
    }
  }

  #hand(request: FetchRequest, response: NetworkResponse): PageResponse {
    const type: PageResponseType =
      isRedirect(response) && request.redirect === 'manual' ? 'opaqueredirect' : request.tainting;
    const body = bodyStream(response.body, () => this.network.close());
    const isBodiless = request.method === 'HEAD' || [204, 205, 304].includes(response.status);
    return filterResponse(request, { ...response, body: isBodiless ? null : body }, type, this.#transcript);
  }

  #block(failure: CorsFailure, request: FetchRequest): never {
    throw new CorsBlockedError(failure, request, this.#transcript, this.network.targetOf(request.url));
  }
}

function failureOf(request: FetchRequest, response: NetworkResponse): CorsFailure | null {
  if (request.tainting === 'basic') {
    return null;
  }
  return request.tainting === 'cors' ? checkCors(request, response) : checkResourcePolicy(request, response);
}
