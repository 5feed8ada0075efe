import { checkText } from '../policy/mistakes/argument.js';
import { quotedValue } from '../policy/mistakes/safe-text.js';
import { ownOptions } from '../policy/model/own-keys.js';
import type { BrowserOptions } from './browser.js';
import { Browser } from './browser.js';
import type { PageEventSource, PageEventSourceInit } from './event-source.js';
import type { RequestSite } from './fetch-request.js';
import { checkTarget, type FetchTarget } from './fetch-target.js';
import type { PageForm } from './form.js';
import { httpUrl, pageHeaders, type PageSocket } from './handshake.js';
import type { PageRequestInit } from './page-request.js';
import type { PageResponse } from './page-response.js';
import { Tab, type TabOptions } from './tab.js';

/** Where the page finds its servers, and how its browser behaves; every key may be left out. */
export interface PageOptions extends BrowserOptions, TabOptions {}

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
  /** The `Cookie` header of the user's next visit to `url`; empty if none. */
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
   * @param url resolved against `api`: `/cats/1`, or a whole URL, or a `Request`, for which `target` then answers.
   * @throws CorsBlockedError if the browser does not let the page read the answer.
   * @throws TypeError for requests that `fetch()` refuses to send, and if there is no answer.
   */
  fetch(target: FetchTarget, url: string | URL | Request, init?: PageRequestInit): Promise<PageResponse>;
  /**
   * This page's `fetch`, for code that accepts one, such as an API client under test.
   *
   * ```ts
   * const client = createClient<paths>({ baseUrl: 'https://api.example.com', fetch: pageAt(origin).fetchFor(app) });
   * ```
   *
   * Relative URLs are resolved against the address of the page, as in a browser. `target` answers for every origin that
   * is not in `servers`.
   */
  fetchFor(target: FetchTarget): PageFetch;
  /**
   * Submits a form of this page, or follows a link: a navigation, which CORS does not restrict. There is no preflight, and
   * cookies are sent according to `SameSite`. Use it to test `enforce`.
   *
   * ```ts
   * const { status } = await page.submit(app, '/transfer', { method: 'POST', body: { to: 'mallory' } });
   * ```
   *
   * @param url resolved against `api`.
   * @returns the answer that the user sees. This page keeps its address.
   * @throws TypeError for requests that a form cannot send, and if there is no answer.
   */
  submit(target: FetchTarget, url: string | URL, form?: PageForm): Promise<PageResponse>;
  /**
   * What `new EventSource(url, init)` does in this page.
   *
   * @param url resolved against `api`.
   * @throws TypeError for anything but an http(s) URL.
   */
  eventSource(target: FetchTarget, url: string | URL, init?: PageEventSourceInit): PageEventSource;
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
   * Give them to a real client to exchange messages on behalf of the page.
   *
   * ```ts
   * const socket = io(address, { extraHeaders: page.headersFor('/socket.io/') }); // socket.io-client
   * const other = new WebSocket(address, { headers: page.headersFor('/socket') }); // ws
   * ```
   */
  headersFor(url: string): Readonly<Record<string, string>>;
  /**
   * Sets the address of the page, and returns the page. `Referer` contains it, and `fetchFor()` resolves relative URLs
   * against it. A page starts at `/`.
   *
   * @throws TypeError if the URL has another origin: use `page.open(origin)`.
   */
  goto(path: string): Page;
  /** Another page in the same browser: it shares cookies, preflight cache and options. */
  open(origin: string): Page;
}

/** The `fetch` of a page, which can be used in place of the global one. */
export type PageFetch = (input: string | URL | Request, init?: RequestInit | PageRequestInit) => Promise<PageResponse>;

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
  checkText('pageAt()', ORIGIN, text);
  const tab = new Tab(text, options, browser);
  const { origin } = tab.address;
  const page: Page = {
    origin,
    cookies: cookiesOf(browser),
    open: (other) => openPage(other, options, browser),
    goto: (path) => {
      checkText('goto()', PATH, path);
      tab.goto(path);
      return page;
    },
    headersFor: (path) => {
      checkText('headersFor()', PATH, path);
      return pageHeaders(origin, httpUrl(path, tab.baseFor(undefined), 'headersFor()'), browser);
    },
    connect: (target, path, protocols = []) => tab.connect(target, path, protocols),
    fetch: async (target, input, init) => tab.fetch(target, input, init, tab.baseFor(target)),
    fetchFor: (target) => {
      checkTarget(target);
      return async (input, init) => tab.fetch(target, input, init, tab.address.url, 'servers first');
    },
    submit: (target, path, form = {}) => tab.submit(target, path, form),
    eventSource: (target, path, init = {}) => tab.eventSource(target, path, init),
  };
  return page;
}

function cookiesOf({ cookies }: Browser): PageCookies {
  return {
    set(setCookie, url) {
      checkText('cookies.set()', "a cookie, such as 'sid=1; Secure'", setCookie);
      const refused = cookies.store(setCookie, urlOf('cookies.set()', url), visitTo(url));
      if (refused !== null) {
        throw new TypeError(`A browser refuses the cookie ${JSON.stringify(setCookie)}: ${refused}`);
      }
    },
    get: (url) => cookies.headerFor(urlOf('cookies.get()', url), visitTo(url)),
  };
}

const ORIGIN = "an origin, such as 'https://app.example.com'";
const PATH = "a URL, such as '/cats/1'";

function urlOf(caller: string, url: string): URL {
  checkText(caller, "a URL, such as 'https://api.example.com'", url);
  if (!URL.canParse(url)) {
    throw new TypeError(`${caller} takes a URL, such as 'https://api.example.com', and ${quotedValue(url)} is not one`);
  }
  return new URL(url);
}

/** The user opens the URL directly. */
function visitTo(url: string): RequestSite {
  return { page: new URL(url).origin, navigation: 'GET' };
}
