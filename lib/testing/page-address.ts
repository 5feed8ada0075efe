/** Where a page is. */
export interface PageAddress {
  readonly origin: string;
  /** What relative URLs are resolved against, and what `Referer` tells; undefined for a sandboxed page. */
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
    throw new TypeError(`goto() takes a URL, not ${JSON.stringify(path)}`);
  }
  const next = new URL(path, url);
  if (next.protocol !== url.protocol || next.host !== url.host) {
    throw new TypeError(`goto() stays within ${origin}: open another page with page.open('${next.origin}')`);
  }
  return { origin, url: next };
}

/**
 * The URL that somebody wrote, as the page would find it.
 *
 * @param caller who is told about it: `fetch()`.
 * @throws TypeError for what is not a URL, and for a relative one where there is nothing to resolve it against.
 */
export function resolveUrl(text: string, base: URL | string | undefined, caller: string): URL {
  if (!URL.canParse(text, base?.toString())) {
    const reason = base === undefined ? ', and a page without an address resolves none' : '';
    throw new TypeError(`${caller} cannot ask for ${JSON.stringify(text)}: it is not a URL${reason}`);
  }
  return new URL(text, base);
}

/** @throws TypeError for a URL of another scheme than http(s): nothing here answers `data:`, `blob:` and the like. */
export function checkScheme(url: URL, caller: string): void {
  if (!/^https?:$/.test(url.protocol)) {
    throw new TypeError(`${caller} asks servers only by http(s): ${url}`);
  }
}
