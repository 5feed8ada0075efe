import { safeText, thrownStack, thrownText } from '../../policy/mistakes/safe-text.js';
import { isOwnRoute, type Route } from '../../routing/route.js';
import { Throttle, type AppLog } from './app-log.js';
import type { RefusalCounter } from './refusal-counter.js';

/** What happened to a request in which this library failed. */
export type FaultConsequence = keyof typeof CONSEQUENCES;

const CONSEQUENCES = {
  'went on': 'was passed on without CORS headers',
  refused: 'was refused with 403',
  'cut off': 'was refused and could not be answered',
  unwritten: 'was answered without CORS headers',
  socket: 'for a socket was refused',
} as const;

/**
 * Log lines while requests run: each one once per route, or at most once a minute for repeated failures.
 * Memory is bounded by the number of routes; text from clients is only written after it was made safe. It never throws.
 */
export class RequestLog {
  /** Who counts what is refused: nobody, until something asks for it. */
  readonly counters: RefusalCounter[] = [];
  readonly #said = new Set<string>();
  readonly #throttle: Throttle;

  constructor(
    private readonly logger: Pick<AppLog, 'error' | 'warn'>,
    private readonly nameOf: (route: Route | undefined) => string,
    now?: () => number,
  ) {
    this.#throttle = new Throttle(now);
  }

  /**
   * The app sets a CORS header of its own where there is a policy.
   *
   * @param place - for a URL that no controller serves: the entry of `paths`, if one matched, and the URL.
   */
  droppedHeader(route: Route | undefined, header: string, place: UnroutedPlace | undefined): void {
    const key = place?.entry ?? keyOf(route);
    this.#once(`dropped ${header} ${key}`, () => {
      const where =
        place === undefined
          ? this.nameOf(route)
          : (place.entry ?? `${safeText(place.url, LONGEST_URL)} (no controller serves it)`);
      this.logger.warn(`${where}: the app sets ${header} itself, but ${whatDecides(route, place)}`);
    });
  }

  /** Middleware rewrote the URL or the method, so another handler was entered than the request asked for. */
  rewritten(predicted: Route | undefined, entered: Route): void {
    this.#once(`rewritten ${keyOf(predicted)}`, () =>
      this.logger.warn(
        `middleware or an earlier handler redirected a request for ${this.nameOf(predicted)} to ${this.nameOf(entered)}. The policy of ` +
          'the latter decides, but the preflight was answered with that of the former. Use app.setGlobalPrefix() or mount ' +
          'the app instead of middleware that strips a prefix or changes the method.',
      ),
    );
  }

  /** A function origin or a resolver threw, rejected, took too long or did not return a boolean: the origin was refused. */
  askFailed(route: Route | undefined, reason: string): void {
    this.#throttle.run(`asked ${keyOf(route)}`, (again) =>
      this.logger.error(`${this.nameOf(route)}: the origin was refused because ${reason}${again}`),
    );
  }

  /** A request was answered with 403 before the app ran. The client does not learn the reason. */
  forbidden(route: Route | undefined, reason: string, written: () => string): void {
    this.#throttle.run(`forbidden ${keyOf(route)} ${reason}`, (again) =>
      this.logger.warn(
        `${this.nameOf(route)}: a cross-origin request was refused with 403 because ${reason} (${written()})${again}`,
      ),
    );
  }

  /** A socket was refused. `isGuess`: the browser did not say where the page comes from, so it may be the application's own page. */
  socketRefused(route: Route | undefined, isGuess: boolean): void {
    const hint = isGuess
      ? "; if the page is the application's own, a proxy changes the Host header: configure it to pass Host on, or add the origin to the policy"
      : '';
    this.#throttle.run(`socket ${keyOf(route)} ${isGuess}`, (again) =>
      this.logger.warn(
        `${this.nameOf(route)}: a socket was refused with 403 because its page has another origin that the policy does not allow${hint}${again}`,
      ),
    );
  }

  /** A listener on the diagnostics channel threw. The decision stands. */
  listenerFailed(error: unknown): void {
    this.#throttle.run('listener', (again) =>
      this.logger.error(`a listener on the channel nestjs-cors:decision failed: ${thrownText(error)}${again}`),
    );
  }

  /** The app threw while a request went on to it, later than its platform could have noticed: the connection was closed. */
  appFailed(error: unknown): void {
    this.#throttle.run('app', (again) =>
      this.logger.error(
        `the application threw while it handled a request, and the connection was closed: ${thrownText(error)}${again}`,
        thrownStack(error),
      ),
    );
  }

  /** This library failed. A client must not be able to fill the log with it. */
  fault(error: unknown, consequence: FaultConsequence): void {
    this.#throttle.run(`fault ${consequence}`, (again) =>
      this.logger.error(
        `a request ${CONSEQUENCES[consequence]} because nestjs-cors failed: ${thrownText(error)}${again}`,
        thrownStack(error),
      ),
    );
  }

  #once(key: string, say: () => void): void {
    if (!this.#said.has(key)) {
      this.#said.add(key);
      say();
    }
  }
}

/** What is known about a URL that no controller serves. */
export interface UnroutedPlace {
  readonly entry: string | undefined;
  readonly url: string;
}

const LONGEST_URL = 80;

/** Which policy decides instead, and the cure that fits the place. */
function whatDecides(route: Route | undefined, place: UnroutedPlace | undefined): string {
  if (place === undefined) {
    const pattern = route === undefined ? '' : ` (${route.method} ${route.path})`;
    return `the route's CORS policy decides${pattern}, so the header was dropped. Use @Cors instead, and do not set the header in the app.`;
  }
  return place.entry === undefined
    ? "the URL's CORS policy decides, so the header was dropped. Add an entry to paths for this URL: with a policy, or with " +
        'untouched: true if the code that serves it handles CORS itself.'
    : 'the policy of this entry decides, so the header was dropped. Change that policy, or replace it with untouched: true if ' +
        'the code that serves this URL handles CORS itself.';
}

function keyOf(route: Route | undefined): string {
  return isOwnRoute(route) ? String(route.id) : 'none';
}
