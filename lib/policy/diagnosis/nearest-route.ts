/** A route that can be recommended. */
export interface ListedRoute {
  /** `CatsController.update` */
  readonly name: string;
  readonly method: string;
  /** In the platform's syntax. */
  readonly path: string;
}

/**
 * The route that was probably meant by a URL: one that differs by a missing or an extra prefix (`/api/cats` and `/cats`), else
 * one with as many segments of which one has a typo. A route with the same method is preferred.
 *
 * @param pathname - without the query.
 */
export function nearestRoute(method: string, pathname: string, routes: readonly ListedRoute[]): string | undefined {
  const asked = segmentsOf(pathname);
  let best: ListedRoute | undefined;
  let least = Infinity;
  for (const route of routes) {
    const distance = distanceOf(asked, segmentsOf(route.path)) + (takes(route, method) ? 0 : 0.5);
    if (distance < least) {
      [best, least] = [route, distance];
    }
  }
  return best === undefined ? undefined : `${best.method} ${best.path} (${best.name})`;
}

const MOST_EXTRA = 3;
const MOST_SEGMENTS = 32;

function segmentsOf(path: string): readonly string[] {
  return path
    .toLowerCase()
    .split('/')
    .filter((segment) => segment !== '')
    .slice(0, MOST_SEGMENTS);
}

function takes(route: ListedRoute, method: string): boolean {
  return route.method === method || route.method === 'ALL' || (method === 'HEAD' && route.method === 'GET');
}

/** How many extra segments one of them has in front; a typo counts as one. Infinity if they are unrelated. */
function distanceOf(asked: readonly string[], route: readonly string[]): number {
  const extra = Math.abs(asked.length - route.length);
  const length = Math.min(asked.length, route.length);
  if (extra > MOST_EXTRA || length === 0) {
    return Infinity;
  }
  const end = route.slice(route.length - length);
  const askedEnd = asked.slice(asked.length - length);
  const slips = end.map((segment, index) => slipOf(String(askedEnd[index]), segment));
  const isAboutIt = end.some((segment, index) => !isParameter(segment) && slips[index] === 0);
  const total = slips.reduce((sum, slip) => sum + slip, 0);
  // A typo beside a matching word is a better hint than one in the only word.
  return total > 1 || (!isAboutIt && extra > 0) ? Infinity : extra + total;
}

function isParameter(segment: string): boolean {
  return /[:*{(]/.test(segment);
}

/** 0: a match; 1: one character is wrong, missing or extra, or two are swapped; Infinity: another word. */
function slipOf(asked: string, segment: string): number {
  if (isParameter(segment) || asked === segment) {
    return 0;
  }
  let start = 0;
  while (start < Math.min(asked.length, segment.length) && asked[start] === segment[start]) {
    start += 1;
  }
  const [a, b] = [asked.slice(start), segment.slice(start)];
  const isSlip =
    a.slice(1) === b.slice(1) ||
    a.slice(1) === b ||
    a === b.slice(1) ||
    (a.slice(2) === b.slice(2) && a[0] === b[1] && a[1] === b[0]);
  return isSlip && Math.min(asked.length, segment.length) > 1 ? 1 : Infinity;
}
