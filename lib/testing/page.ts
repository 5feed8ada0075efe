import { ownOptions } from '../policy/model/own-keys.js';
import type { BrowserOptions } from './browser.js';
import { Browser } from './browser.js';
import { checkTarget, type FetchTarget } from './fetch-target.js';
import { Fetching } from './fetching.js';
import { httpUrl, openSocket, pageHeaders, readProtocols, type PageSocket } from './handshake.js';
import { Network } from './network.js';
import { parseOrigin } from './origin.js';
import type { PageRequestInit } from './page-request.js';
import { createRequest } from './page-request.js';
import type { PageResponse } from './page-response.js';

/** An origin that no page has by accident, and that an https page may request. */
const DEFAULT_API = 'https://api.example.com';

/** Where the page finds its servers; every key may be left out. */
export interface PageOptions extends BrowserOptions {
  /**
   * The URL under which the page knows the server: it decides what is same-origin and same-site, and sets `Host`.
   * Default `https://api.example.com`, as behind a proxy that ends TLS; for a target that is a URL, that URL.
   */
  readonly api?: string | undefined;
  /** The servers of other origins, for redirects. Loopback URLs need no entry: they are requested as they are. */
  readonly servers?: Readonly<Record<string, FetchTarget>> | undefined;
}

/** The cookies of the page's browser. */
export interface PageCookies {
  /**
   * Sets a cookie, as if the user had visited `url` before.
   *
   * ```ts
   * page.cookies.set('sid=1; Secure; SameSite=None', 'https://api.example.com');
   * ```
   *
   * @throws TypeError if a browser would refuse it, with the reason.
   */
  set(setCookie: string, url: string): void;
  /** What the user's next visit to `url` would send as `Cookie`; empty if nothing. */
  get(url: string): string;
}

/** A page in a browser, made by {@link pageAt}. */
export interface Page {
  readonly origin: string;
  readonly cookies: PageCookies;
  /**
   * What `fetch(url, init)` does in this page.
   *
   * @param target a Nest application after `init()`, listening or not; a `node:http` server; or the URL of a server.
   * @param url resolved against `api`: `/cats/1`, or a whole URL, for which `target` then answers.
   * @throws CorsBlockedError if the browser does not let the page read the answer.
   * @throws TypeError for requests that `fetch()` refuses to send, and if there is no answer.
   */
  fetch(target: FetchTarget, url: string, init?: PageRequestInit): Promise<PageResponse>;
  /**
   * What `new WebSocket(url, protocols)` does in this page, up to the answer to its handshake; then it closes. For a gateway
   * with a port of its own, `target` is its URL: `page.connect('http://localhost:3001', '/')`.
   *
   * @param url resolved against `api`: `/socket`, or a whole URL with any of the schemes http, https, ws and wss.
   * @throws CorsBlockedError, step `handshake-origin`, if the server refuses the page with 403.
   * @throws TypeError for every other answer than 101, and if there is none.
   */
  connect(target: FetchTarget, url: string, protocols?: string | readonly string[]): Promise<PageSocket>;
  /**
   * The headers that tell a server at `url` where this page comes from: `Origin`, `Sec-Fetch-Site` and the cookies for that URL.
   * For whole dialogues with a real client, which sends them on behalf of the page.
   *
   * ```ts
   * const socket = io(address, { extraHeaders: page.headersFor('/socket.io/') }); // socket.io-client
   * const other = new WebSocket(address, { headers: page.headersFor('/socket') }); // ws
   * ```
   */
  headersFor(url: string): Readonly<Record<string, string>>;
  /** Another page in the same browser: it shares cookies, preflight cache and options. */
  open(origin: string): Page;
}

/**
 * Opens a page at an origin, in a browser of its own. `'null'` is a sandboxed page.
 *
 * ```ts
 * const page = pageAt('https://app.example.com');
 * const response = await page.fetch(app, '/cats/1', { method: 'PUT', credentials: 'include' });
 * response.headers.get('etag'); // null unless the policy exposes it
 * ```
 *
 * @throws TypeError if the origin is not written as browsers write it.
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function pageAt(origin: string, options: PageOptions = {}): Page {
  const own = ownOptions(options);
  return openPage(origin, own, new Browser(own));
}

function openPage(text: string, options: PageOptions, browser: Browser): Page {
  const origin = parseOrigin(text);
  const servers = Object.entries(options.servers ?? {}).map(([key, target]) => {
    checkTarget(target);
    return [parseOrigin(key), target] as const;
  });
  return {
    origin,
    cookies: cookiesOf(browser),
    open: (other) => openPage(other, options, browser),
    headersFor: (path) => pageHeaders(origin, httpUrl(path, options.api ?? DEFAULT_API), browser),
    async connect(target, path, protocols = []) {
      checkTarget(target);
      const isUrl = typeof target === 'string' || target instanceof URL;
      const url = httpUrl(path, options.api ?? (isUrl ? target : DEFAULT_API));
      const offered = readProtocols(protocols);
      const network = new Network({ servers: new Map([...servers, [url.origin, target]]), open: isUrl }, undefined);
      try {
        return await openSocket(origin, url, offered, browser, network);
      } finally {
        await network.close();
      }
    },
    async fetch(target, path, given = {}) {
      checkTarget(target);
      const init = ownOptions(given);
      const isUrl = typeof target === 'string' || target instanceof URL;
      const url = new URL(path, options.api ?? (isUrl ? target : DEFAULT_API));
      const request = await createRequest(origin, url, init);
      init.signal?.throwIfAborted();
      const routes = { servers: new Map([...servers, [url.origin, target]]), open: isUrl };
      const network = new Network(routes, init.signal);
      try {
        return await new Fetching(browser, network).run(request);
      } catch (error) {
        await network.close();
        throw error;
      }
    },
  };
}

function cookiesOf({ cookies }: Browser): PageCookies {
  return {
    set(setCookie, url) {
      const refused = cookies.store(setCookie, new URL(url), new URL(url).origin);
      if (refused !== null) {
        throw new TypeError(`A browser refuses the cookie ${JSON.stringify(setCookie)}: ${refused}`);
      }
    },
    get: (url) => cookies.headerFor(new URL(url), new URL(url).origin),
  };
}
