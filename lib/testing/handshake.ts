import { createHash, randomBytes } from 'node:crypto';

import { quotedValue } from '../policy/mistakes/safe-text.js';
import { checkPort } from './blocked-port.js';
import type { Browser } from './browser.js';
import { CorsBlockedError } from './cors-blocked.error.js';
import type { CorsExchange } from './exchange.js';
import { fetchMetadata } from './fetch-metadata.js';
import { type FetchRequest, PLAIN_REQUEST, requestSite } from './fetch-request.js';
import { type HeaderLine, isToken, toHeaders } from './header-list.js';
import type { Network } from './network.js';
import { isTrustworthy } from './origin.js';
import { checkScheme, resolveUrl } from './page-address.js';

/** A socket that the page has opened. It is closed at once: only its handshake is tested. */
export interface PageSocket {
  /** 101 */
  readonly status: number;
  /** The subprotocol that the server has chosen; empty if none. */
  readonly protocol: string;
  /** What was sent and received. */
  readonly transcript: readonly CorsExchange[];
}

const PROTOCOL = 'sec-websocket-protocol';

/** What the server appends to the key of a handshake before it hashes it. @see RFC 6455, 1.3 */
const KEY_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * The handshake of `new WebSocket(url, protocols)` in a page.
 *
 * A browser sends it to any host, with that host's cookies, and without a preflight: the server decides whether the page gets
 * its socket, with 101 or another status.
 *
 * @throws CorsBlockedError if an https page asks for a `ws:` URL that is not loopback, or if the server answers 403.
 * @throws TypeError for a URL that `new WebSocket()` refuses, and for every other answer that does not open a socket.
 * @see https://websockets.spec.whatwg.org/#concept-websocket-establish
 */
export async function openSocket(
  origin: string,
  url: URL,
  protocols: readonly string[],
  browser: Browser,
  network: Network,
): Promise<PageSocket> {
  checkScheme(url, 'connect()');
  checkPort(url);
  if (url.href.includes('#')) {
    throw new TypeError(`WebSocket() does not accept a URL with a fragment: ${socketUrl(url)}`);
  }
  const request = requestOf(origin, url);
  if (origin.startsWith('https:') && !isTrustworthy(url)) {
    const failure = { step: 'mixed-content', header: null, actual: url.href, expected: 'a wss URL' } as const;
    throw new CorsBlockedError(failure, request, []);
  }
  const key = randomBytes(16).toString('base64');
  const lines = headerLines(request, protocols, key, browser);
  const response = await network.handshake({ method: 'GET', url, lines, body: null });
  for (const line of response.headers.getSetCookie()) {
    browser.cookies.store(line, url, requestSite(request));
  }
  const message = { method: 'GET', url: url.href, headers: toHeaders(lines) };
  const transcript: readonly CorsExchange[] = [{ kind: 'handshake', fromCache: false, request: message, response }];
  const { status, headers } = response;
  if (status === 403) {
    const failure = { step: 'handshake-origin', header: null, actual: '403', expected: '101' } as const;
    throw new CorsBlockedError(failure, request, transcript, network.targetOf(url));
  }
  const fault = faultOf(status, headers, key, protocols);
  if (fault !== undefined) {
    throw new TypeError(`${socketUrl(url)} cannot be opened as a socket: ${fault}`);
  }
  return { status, protocol: headers.get(PROTOCOL) ?? '', transcript };
}

/** The headers that a separate client has to send to act as the page: where the page comes from, and its cookies. */
export function pageHeaders(origin: string, url: URL, browser: Browser): Readonly<Record<string, string>> {
  const request = requestOf(origin, url);
  const cookie = browser.cookies.headerFor(url, requestSite(request));
  const { 'Sec-Fetch-Site': site } = fetchMetadata(request);
  return {
    Origin: origin,
    ...(cookie === '' ? {} : { Cookie: cookie }),
    ...(site === undefined ? {} : { 'Sec-Fetch-Site': site }),
  };
}

/**
 * Reads the second argument of `new WebSocket()`.
 *
 * @throws TypeError for invalid names (not a token) and for repeats, where a browser throws a SyntaxError.
 */
export function readProtocols(protocols: unknown): readonly string[] {
  const list: readonly unknown[] | undefined =
    typeof protocols === 'string' ? [protocols] : Array.isArray(protocols) ? Array.from<unknown>(protocols) : undefined;
  if (list === undefined || !list.every((item) => typeof item === 'string')) {
    throw new TypeError(`WebSocket() takes a string or a list of strings as protocols, not ${quotedValue(protocols)}`);
  }
  if (!list.every(isToken) || new Set(list.map((name) => name.toLowerCase())).size !== list.length) {
    throw new TypeError(`WebSocket() takes a list of different tokens as protocols, not ${JSON.stringify(list)}`);
  }
  return list;
}

/** `wss:` is `https:` to cookies, to fetch metadata and to what is mixed content. */
export function httpUrl(text: string, base: string | URL, caller: string): URL {
  const url = resolveUrl(text, base, caller);
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    return url;
  }
  return new URL(url.href.replace(/^ws/, 'http'));
}

function socketUrl({ href }: URL): string {
  return href.replace(/^http/, 'ws');
}

function requestOf(origin: string, url: URL): FetchRequest {
  return { ...PLAIN_REQUEST, origin, url, credentials: 'include', redirect: 'error', tainting: 'cors' };
}

function headerLines(
  request: FetchRequest,
  protocols: readonly string[],
  key: string,
  browser: Browser,
): readonly HeaderLine[] {
  const { origin, url } = request;
  const cookie = browser.cookies.headerFor(url, requestSite(request));
  return Object.entries({
    Host: url.host,
    Connection: 'Upgrade',
    Pragma: 'no-cache',
    'Cache-Control': 'no-cache',
    'User-Agent': 'Mozilla/5.0 (nestjs-cors/testing)',
    Upgrade: 'websocket',
    Origin: origin,
    'Sec-WebSocket-Version': '13',
    'Accept-Language': 'en',
    'Sec-WebSocket-Key': key,
    ...fetchMetadata(request),
    ...(isTrustworthy(url) ? { 'Sec-Fetch-Mode': 'websocket' } : {}),
    ...(protocols.length === 0 ? {} : { 'Sec-WebSocket-Protocol': protocols.join(', ') }),
    ...(cookie === '' ? {} : { Cookie: cookie }),
  });
}

/**
 * Where the page offers protocols, the server has to choose one: Firefox opens a socket without, Chromium does not.
 *
 * @see RFC 6455, 4.1
 * @see https://websockets.spec.whatwg.org/#concept-websocket-establish
 */
function faultOf(status: number, headers: Headers, key: string, protocols: readonly string[]): string | undefined {
  if (status !== 101) {
    return `the server answered ${status}, not 101`;
  }
  if (headers.get('sec-websocket-accept') !== createHash('sha1').update(`${key}${KEY_SUFFIX}`).digest('base64')) {
    return 'the Sec-WebSocket-Accept header of the answer does not match the handshake';
  }
  const protocol = headers.get(PROTOCOL);
  if (protocol === null) {
    return protocols.length === 0 ? undefined : 'the server chose none of the protocols that the page offered';
  }
  return protocols.includes(protocol)
    ? undefined
    : `the server chose the protocol ${JSON.stringify(protocol)}, which the page did not offer`;
}
