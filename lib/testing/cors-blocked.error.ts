import { adviseOn, describeFailure } from './cors-advice.js';
import type { CorsBlockedStep, CorsFailure } from './cors-failure.js';
import type { CorsExchange } from './exchange.js';
import type { FetchRequest } from './fetch-request.js';

/**
 * The browser does not let the page read the answer. In a real page `fetch()` rejects with a bare TypeError, so this is one,
 * too, but it says why.
 *
 * ```ts
 * const blocked = await page.fetch(app, '/cats/1', { method: 'PUT' }).catch((error: unknown) => error);
 * // CorsBlockedError: PUT https://api.example.com/cats/1 is blocked for https://app.example.com [preflight-method]
 * //   The answer to the preflight does not allow the method.
 * //   Access-Control-Allow-Methods: "GET,POST" (expected: "PUT"), with status 204
 * //   @Cors({ methods: ['PUT'] }), in addition to those it already allows
 * ```
 *
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export class CorsBlockedError extends TypeError {
  override readonly name = 'CorsBlockedError';
  /** Which check failed. */
  readonly step: CorsBlockedStep;
  /** The response header that decided; null if none did. */
  readonly header: string | null;
  /** Its value; null if it was missing. */
  readonly actual: string | null;
  /** The value that was expected. */
  readonly expected: string;
  /** What to change, as keys of `@Cors({ … })` if the policy is the reason. */
  readonly fix: string;
  /** Everything that was sent and received up to here. */
  readonly transcript: readonly CorsExchange[];

  constructor(failure: CorsFailure, request: FetchRequest, transcript: readonly CorsExchange[]) {
    const status = transcript.at(-1)?.response?.status ?? null;
    const fix = adviseOn(failure, request, status);
    super(
      [
        `${request.method} ${request.url.href} is blocked for ${request.origin} [${failure.step}]`,
        describeFailure(failure),
        describeFinding(failure, status),
        fix,
      ].join('\n  '),
    );
    this.step = failure.step;
    this.header = failure.header;
    this.actual = failure.actual;
    this.expected = failure.expected;
    this.fix = fix;
    this.transcript = transcript;
  }
}

function describeFinding({ header, actual, expected }: CorsFailure, status: number | null): string {
  const found = actual === null ? 'missing' : JSON.stringify(actual);
  const answered = status === null || header === null ? '' : `, with status ${status}`;
  return `${header ?? 'Found'}: ${found} (expected: ${JSON.stringify(expected)})${answered}`;
}
