import { checkText } from '../policy/mistakes/argument.js';
import { ownOptions } from '../policy/model/own-keys.js';
import type { Browser } from './browser.js';
import { openEventSource, type PageEventSource, type PageEventSourceInit } from './event-source.js';
import type { FetchRequest } from './fetch-request.js';
import { isStream } from './fetch-request.js';
import { checkServerUrl, checkTarget, type FetchTarget } from './fetch-target.js';
import { Fetching } from './fetching.js';
import { createNavigation, type PageForm } from './form.js';
import { httpUrl, openSocket, type PageSocket, readProtocols } from './handshake.js';
import { Network, type Routes } from './network.js';
import { parseOrigin } from './origin.js';
import { checkScheme, frontPage, otherPage, type PageAddress, resolveUrl } from './page-address.js';
import { createRequest } from './page-request.js';
import type { PageResponse } from './page-response.js';

/** An origin that no page has by accident, and that an https page may request. */
const DEFAULT_API = 'https://api.example.com';

/** The limit of all `keepalive` bodies under way together, in bytes. @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch step 8.10 */
const KEEPALIVE_LIMIT = 65_536;

/** Where a page finds its servers; every key may be left out. */
export interface TabOptions {
  /**
   * The URL under which the page knows the server: it decides what is same-origin and same-site, and sets `Host`.
   * Default `https://api.example.com`, as behind a proxy that ends TLS; for a target that is a URL, that URL.
   */
  readonly api?: string | undefined;
  /** The servers of other origins, for redirects and `fetchFor()`. Loopback URLs need no entry: they are requested as they are. */
  readonly servers?: Readonly<Record<string, FetchTarget>> | undefined;
}

/** An open page: its address and its requests. */
export class Tab {
  readonly #servers: readonly (readonly [origin: string, target: FetchTarget])[];
  readonly #api: string | undefined;
  readonly #browser: Browser;
  #address: PageAddress;
  /** Bytes. */
  #keptAlive = 0;

  constructor(origin: string, { api, servers = {} }: TabOptions, browser: Browser) {
    this.#address = frontPage(parseOrigin(origin));
    if (api !== undefined) {
      checkServerUrl('The URL api', api);
    }
    this.#api = api;
    this.#browser = browser;
    this.#servers = Object.entries(servers).map(([key, target]) => {
      checkTarget(target);
      return [parseOrigin(key), target] as const;
    });
  }

  get address(): PageAddress {
    return this.#address;
  }

  goto(path: string): void {
    this.#address = otherPage(this.#address, path);
  }

  /** The base of paths that a test passes next to a target. */
  baseFor(target: FetchTarget | undefined): string {
    const isUrl = typeof target === 'string' || target instanceof URL;
    return this.#api ?? (isUrl ? String(target) : DEFAULT_API);
  }

  /** @param order whether the target or `servers` answers for an origin that both have. */
  async fetch(
    target: FetchTarget,
    input: unknown,
    init: object | undefined,
    base: URL | string | undefined,
    order: 'target first' | 'servers first' = 'target first',
  ): Promise<PageResponse> {
    checkTarget(target);
    const { request, signal } = await createRequest(this.#address, input, init, base);
    if (signal?.aborted === true && isStream(request.body)) {
      await request.body.cancel(signal.reason);
    }
    signal?.throwIfAborted();
    return this.#keepingAlive(request, () => this.#run(request, this.#routesTo(target, request.url, order), signal));
  }

  async submit(target: FetchTarget, path: string | URL, form: PageForm): Promise<PageResponse> {
    checkTarget(target);
    const action = resolveUrl(String(path), this.baseFor(target), 'submit()');
    const request = await createNavigation(this.#address, action, ownOptions(form));
    return this.#run(request, this.#routesTo(target, request.url), undefined);
  }

  eventSource(target: FetchTarget, path: string | URL, init: PageEventSourceInit): PageEventSource {
    checkTarget(target);
    const url = resolveUrl(String(path), this.baseFor(target), 'eventSource()');
    checkScheme(url, 'eventSource()');
    const routes = this.#routesTo(target, url);
    return openEventSource(this.#address, url, ownOptions(init), (request, signal) =>
      this.#run(request, routes, signal),
    );
  }

  async connect(target: FetchTarget, path: string, protocols: string | readonly string[]): Promise<PageSocket> {
    checkTarget(target);
    checkText('connect()', "a URL, such as '/socket'", path);
    const url = httpUrl(path, this.baseFor(target), 'connect()');
    const offered = readProtocols(protocols);
    const network = new Network(this.#routesTo(target, url), undefined);
    try {
      return await openSocket(this.#address.origin, url, offered, this.#browser, network);
    } finally {
      await network.close();
    }
  }

  /** With a URL as target, other origins are requested on the real network. */
  #routesTo(target: FetchTarget, { origin }: URL, order: 'target first' | 'servers first' = 'target first'): Routes {
    const own = [origin, target] as const;
    const servers = new Map(order === 'target first' ? [...this.#servers, own] : [own, ...this.#servers]);
    return { servers, open: typeof target === 'string' || target instanceof URL };
  }

  async #run(request: FetchRequest, routes: Routes, signal: AbortSignal | undefined): Promise<PageResponse> {
    const network = new Network(routes, signal);
    try {
      return await new Fetching(this.#browser, network, signal).run(request);
    } catch (error) {
      await network.close();
      throw error;
    }
  }

  async #keepingAlive(request: FetchRequest, send: () => Promise<PageResponse>): Promise<PageResponse> {
    const { keepalive, body, method, url } = request;
    const size = keepalive && body !== null && !isStream(body) ? body.byteLength : 0;
    if (this.#keptAlive + size > KEEPALIVE_LIMIT) {
      throw new TypeError(
        `${method} ${url}: all requests with keepalive may have ${KEEPALIVE_LIMIT} bytes together, and these have ${this.#keptAlive + size}`,
      );
    }
    this.#keptAlive += size;
    try {
      return await send();
    } finally {
      this.#keptAlive -= size;
    }
  }
}
