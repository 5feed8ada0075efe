/** Where a page is. */
export interface PageAddress {
  readonly origin: string;
  /** The base of relative URLs and the source of `Referer`; undefined for a sandboxed page. */
  readonly url: URL | undefined;
}

/** The first page of an origin. */
export function frontPage(origin: string): PageAddress {
  return { origin, url: URL.canParse(origin) ? new URL('/', origin) : undefined };
}

/**
 * Another page of the same origin.
 *
 * @throws TypeError if the URL is not one of that origin.
 */
export function otherPage({ origin, url }: PageAddress, path: string): PageAddress {
  if (url === undefined) {
    throw new TypeError('A sandboxed page has no address');
  }
  if (!URL.canParse(path, url.href)) {
    throw new TypeError(`goto() does not accept ${JSON.stringify(path)}`);
  }
  const next = new URL(path, url);
  if (next.protocol !== url.protocol || next.host !== url.host) {
    throw new TypeError(`goto() stays within ${origin}: open another page with page.open('${next.origin}')`);
  }
  return { origin, url: next };
}

/**
 * Resolves a URL as the page does.
 *
 * @param caller named in the error: `fetch()`.
 * @throws TypeError for text that is not a URL, and for a relative URL without a base.
 */
export function resolveUrl(text: string, base: URL | string | undefined, caller: string): URL {
  if (!URL.canParse(text, base?.toString())) {
    const reason = base === undefined ? ', and a sandboxed page has no address to resolve it against' : '';
    throw new TypeError(`${caller} does not accept ${JSON.stringify(text)}: it is not a URL${reason}`);
  }
  return new URL(text, base);
}

/** @throws TypeError for other schemes than http(s): `data:`, `blob:` and the like are not supported. */
export function checkScheme(url: URL, caller: string): void {
  if (!/^https?:$/.test(url.protocol)) {
    throw new TypeError(`${caller} sends requests to http(s) URLs only: ${url}`);
  }
}
