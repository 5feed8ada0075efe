import type { CorsDiagnosis } from '../policy/diagnosis/diagnosis.js';
import { askApplication, type AppAnswer } from './app-diagnosis.js';
import { adviseOn, describeFailure } from './cors-advice.js';
import type { CorsBlockedStep, CorsFailure } from './cors-failure.js';
import type { CorsExchange } from './exchange.js';
import type { FetchRequest } from './fetch-request.js';
import type { FetchTarget } from './fetch-target.js';

/**
 * The browser does not let the page read the answer. In a real page `fetch()` rejects with a bare TypeError; this TypeError
 * gives the reason.
 *
 * ```ts
 * const blocked = await page.fetch(app, '/cats/1', { method: 'PUT', headers }).catch((error: unknown) => error);
 * // CorsBlockedError: PUT https://api.example.com/cats/1 is blocked for https://app.example.com [preflight-headers]
 * //   CatsController.rename does not allow the request header x-trace: its allowedHeaders are Content-Type (written by forRoot).
 * //   Access-Control-Allow-Headers: missing (expected: "x-trace"), with status 403
 * //   @Cors({ allowedHeaders: { add: ['X-Trace'] } }) on CatsController.rename, above any other @Cors
 * ```
 *
 * For a Nest application with `CorsModule` it contains the diagnosis. For any other server it only says what came back.
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
  /** What to change; undefined if no change is known, or the route is closed on purpose. */
  readonly fix: string | undefined;
  /** The application's own diagnosis; undefined if there is none, or if its policies allow the request. */
  readonly diagnosis: CorsDiagnosis | undefined;
  /** Everything that was sent and received up to here. */
  readonly transcript: readonly CorsExchange[];

  /** @param target - who answers for the URL of the request. */
  constructor(seen: CorsFailure, request: FetchRequest, transcript: readonly CorsExchange[], target?: FetchTarget) {
    const last = transcript.at(-1)?.response ?? null;
    const status = last?.status ?? null;
    const answer = askApplication(target, seen, request);
    const failure = namedFailure(seen, answer, last?.headers);
    const fix = adviseOn(failure, request, status, answer);
    super(
      [
        `${request.method} ${request.url.href} is blocked for ${request.origin} [${failure.step}]`,
        describeFailure(failure, status, answer),
        describeFinding(failure, status),
        ...(fix === undefined ? [] : [fix]),
      ].join('\n  '),
    );
    this.step = failure.step;
    this.header = failure.header;
    this.actual = failure.actual;
    this.expected = failure.expected;
    this.fix = fix;
    this.diagnosis = answer.kind === 'diagnosis' ? answer.diagnosis : undefined;
    this.transcript = transcript;
  }
}

/**
 * A refused preflight has no header at all, so that a browser stops at the first one that it looks for. The application knows
 * which step it was.
 */
function namedFailure(seen: CorsFailure, answer: AppAnswer, headers: Headers | undefined): CorsFailure {
  const diagnosis = answer.kind === 'diagnosis' ? answer.diagnosis : undefined;
  const isRefused = seen.step === 'preflight-origin' && seen.actual === null;
  if (diagnosis === undefined || !isRefused || (diagnosis.step !== 'method' && diagnosis.step !== 'headers')) {
    return seen;
  }
  const header = diagnosis.step === 'method' ? 'Access-Control-Allow-Methods' : 'Access-Control-Allow-Headers';
  const actual = headers?.get(header) ?? null;
  return { step: `preflight-${diagnosis.step}`, header, actual, expected: diagnosis.missing.join(', ') };
}

function describeFinding({ header, actual, expected }: CorsFailure, status: number | null): string {
  const found = actual === null ? 'missing' : JSON.stringify(actual);
  const answered = status === null || header === null ? '' : `, with status ${status}`;
  return `${header ?? 'Found'}: ${found} (expected: ${JSON.stringify(expected)})${answered}`;
}
