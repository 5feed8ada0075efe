import { thrownStack, thrownText } from '../../policy/mistakes/safe-text.js';
import { isOwnRoute, type Route } from '../../routing/route.js';
import { Throttle, type AppLog } from './app-log.js';
import { DroppedPlaces, whatDecides } from './dropped-header.js';
import type { RefusalCounter } from './refusal-counter.js';
import { SOMEWHERE, type Place, type PlacedRequest, type Places } from './request-place.js';

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
 * Log lines while requests run: each one once per place, or at most once a minute for repeated failures.
 * Memory is bounded by what the app is made of; text from clients is only written after it was made safe. It never throws.
 */
export class RequestLog {
  /** Who counts what is refused: nobody, until something asks for it. */
  readonly counters: RefusalCounter[] = [];
  readonly #said = new Set<string>();
  readonly #throttle: Throttle;
  readonly #dropped = new DroppedPlaces();

  constructor(
    private readonly logger: Pick<AppLog, 'error' | 'warn'>,
    private readonly places: Places,
    now?: () => number,
  ) {
    this.#throttle = new Throttle(now);
  }

  /** What decides about a request; asked only when there is something to say about it. */
  placeOf(request: PlacedRequest): Place {
    try {
      return this.places.of(request);
    } catch {
      // The app's own code is asked for hosts and versions, and may throw at any time.
      return SOMEWHERE;
    }
  }

  /**
   * The app sets a CORS header of its own where there is a policy.
   *
   * @param status - of the response.
   */
  droppedHeader(request: PlacedRequest, header: string, status: number): void {
    const place = this.#dropped.placeOf(this.placeOf(request), request, status);
    if (place !== undefined) {
      // Another method at the same URL has another cure.
      const method = place.decides.kind === 'unserved' ? place.decides.method : undefined;
      this.#once(`dropped ${header} ${method ?? ''} ${place.key}`, () =>
        this.logger.warn(`${place.name}: the app sets ${header} itself, but ${whatDecides(place)}`),
      );
    }
  }

  /** Middleware rewrote the URL or the method, so another handler was entered than the request asked for. */
  rewritten(request: PlacedRequest, entered: Route): void {
    const { route } = request;
    // Of URLs without a handler there is no end: then it is said once for each handler that they are led to.
    this.#once(`rewritten ${isOwnRoute(route) ? route.id : `none ${entered.id}`}`, () => {
      const { method, url, raw, appPolicies } = request;
      const asked = this.placeOf({
        route,
        method,
        url,
        rewrittenTo: undefined,
        request: request.request,
        raw,
        appPolicies,
      });
      this.logger.warn(
        `middleware or an earlier handler rerouted a request for ${asked.name} to ${this.#nameOf(entered)}. The policy of ` +
          'the latter decides, but the preflight was answered with that of the former. Use app.setGlobalPrefix() or mount ' +
          'the app instead of middleware that strips a prefix or changes the method.',
      );
    });
  }

  /** A function origin or a resolver threw, rejected, took too long or did not return a boolean: the origin was refused. */
  askFailed(subject: Place | PlacedRequest, reason: string): void {
    const { key, name } = 'decides' in subject ? subject : this.placeOf(subject);
    this.#throttle.run(`asked ${key}`, (again) =>
      this.logger.error(`${name}: the origin was refused because ${reason}${again}`),
    );
  }

  /** A request was answered with 403 before the app ran. The client does not learn the reason. */
  forbidden({ key, name }: Place, reason: string, written: () => string): void {
    this.#throttle.run(`forbidden ${key} ${reason}`, (again) =>
      this.logger.warn(`${name}: a cross-origin request was refused with 403 because ${reason} (${written()})${again}`),
    );
  }

  /** A socket was refused. `isGuess`: the browser did not say where the page comes from, so it may be the application's own page. */
  socketRefused({ key, name }: Place, isGuess: boolean): void {
    const hint = isGuess
      ? "; if the page is the application's own, a proxy changes the Host header: configure it to pass Host on, or add the origin to the policy"
      : '';
    this.#throttle.run(`socket ${key} ${isGuess}`, (again) =>
      this.logger.warn(
        `${name}: a socket was refused with 403 because its page has another origin that the policy does not allow${hint}${again}`,
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

  #nameOf(route: Route): string {
    return this.places.nameOf(route) ?? route.path;
  }

  #once(key: string, say: () => void): void {
    if (!this.#said.has(key)) {
      this.#said.add(key);
      say();
    }
  }
}
