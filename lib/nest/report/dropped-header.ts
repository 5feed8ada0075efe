import { plainPathname } from '../../routing/request-target.js';
import type { Route } from '../../routing/route.js';
import { SOMEWHERE, type Place, type PlacedRequest } from './request-place.js';

/** Nothing in it has a meaning to a terminal, to a pattern of `paths`, or to a person who pastes it into code. */
const PLAIN_PATH = /^(?=.{1,80}$)(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/;

/** What middleware answers is named by the path it is mounted at, or by its URL: at most this many of each. */
const MOST_MOUNTS = 20;
const MOST_URLS = 10;

/**
 * Where a response is missing a header that the app has set: where it is known, in the app's own words.
 *
 * Middleware has no pattern that could be read, so its URLs are the only clue to it. They come from clients, so they are named
 * only if the app answered them, consist of nothing but plain characters, and there have not been too many before. A 404 is not
 * an answer: a scanner that asks for `/wp-login.php` must not use up the place of a URL that the app serves.
 */
export class DroppedPlaces {
  readonly #mounts = new Set<string>();
  readonly #urls = new Set<string>();

  /** Undefined where there is nothing to say. */
  placeOf(place: Place, request: PlacedRequest, status: number): Place | undefined {
    const { decides } = place;
    if (decides.kind !== 'root' && decides.kind !== 'unserved') {
      return place;
    }
    if (status === 404) {
      return undefined;
    }
    if (place !== SOMEWHERE) {
      return place;
    }
    if (!isSuccess(status)) {
      return undefined;
    }
    const mount = mountOf(request);
    if (mount !== undefined && PLAIN_PATH.test(mount)) {
      return named(this.#mounts, MOST_MOUNTS, `a URL below ${mount}`, `${mount}{/*rest}`) ?? place;
    }
    const url = plainPathname(request.url);
    return PLAIN_PATH.test(url) ? (named(this.#urls, MOST_URLS, url, url) ?? place) : place;
  }
}

/** Undefined where too many others have been named before. */
function named(known: Set<string>, most: number, what: string, path: string): Place | undefined {
  // A client may write it in any letter case.
  const folded = path.toLowerCase();
  if (!known.has(folded) && known.size >= most) {
    return undefined;
  }
  known.add(folded);
  const isLast = known.size >= most;
  return {
    key: `path ${folded}`,
    name: `${what} (no controller serves it${isLast ? '; other URLs of this kind are not listed any more' : ''})`,
    decides: { kind: 'root', path, method: undefined },
  };
}

/** Which policy decides instead, and the cure: applied as it is printed, it starts and works. */
export function whatDecides({ decides }: Place): string {
  const { kind } = decides;
  switch (kind) {
    case 'handlers':
      return `${ofHandlers(decides.routes)}, so the header was dropped. Use @Cors instead, and do not set the header in the app.`;
    case 'entry':
      return (
        'the policy of this entry decides, so the header was dropped. Change that policy, or replace it with untouched: true if ' +
        'the code that serves this URL handles CORS itself.'
      );
    case 'disputed':
      return (
        'different readings of the URL lead to different entries, so no origin is allowed, and the header was dropped. ' +
        'Request the URL without encoded slashes, dot segments and repeated slashes.'
      );
    case 'unserved':
      return decides.method === undefined
        ? 'the policy of that URL decides, so the header was dropped. Do not set the header in the app.'
        : `the policy of that URL decides, so the header was dropped. ${entryToAdd(decides.path, decides.method)}`;
    case 'root':
      return `the URL's CORS policy decides, so the header was dropped. ${entryToAdd(decides.path, decides.method)}`;
    case 'other':
      return 'its CORS policy decides, so the header was dropped. Do not set the header in the app.';
  }
  return kind satisfies never;
}

function ofHandlers(routes: readonly Route[]): string {
  const [route, ...others] = routes;
  if (others.length > 0) {
    return 'the CORS policies of these routes decide';
  }
  return `the route's CORS policy decides${route === undefined ? '' : ` (${route.method} ${route.path})`}`;
}

function entryToAdd(path: string | undefined, method: string | undefined): string {
  const options = `${method === undefined ? '' : `methods: ['${method}'], `}untouched: true`;
  const entry = path === undefined ? `an entry for this URL (${options})` : `{ path: '${path}', ${options} }`;
  return `Add ${entry} to paths if the code that answers there handles CORS itself; otherwise write a policy in place of untouched.`;
}

function isSuccess(status: number): boolean {
  return (status >= 200 && status < 300) || status === 304;
}

/**
 * The path that the middleware which answers is mounted at. Express says it; Fastify's middleware engine takes it away from the URL
 * while that middleware runs.
 */
function mountOf({ url, raw }: PlacedRequest): string | undefined {
  const base: unknown = Reflect.get(raw, 'baseUrl');
  if (typeof base === 'string') {
    return base === '' ? undefined : base;
  }
  const current: unknown = Reflect.get(raw, 'url');
  if (typeof current !== 'string') {
    return undefined;
  }
  const [sent, rest] = [plainPathname(url), plainPathname(current)];
  if (rest === sent) {
    return undefined;
  }
  const mount = rest === '/' ? sent : sent.slice(0, -rest.length);
  return mount + (rest === '/' ? '' : rest) === sent ? mount.replace(/\/$/, '') : undefined;
}
