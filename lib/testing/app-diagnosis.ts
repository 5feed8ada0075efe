import type { CorsDiagnosis } from '../policy/diagnosis/diagnosis.js';
import { isApplication, reportOf } from './app-report.js';
import type { CorsBlockedStep, CorsFailure } from './cors-failure.js';
import type { FetchRequest } from './fetch-request.js';
import { serialisedOrigin } from './fetch-request.js';
import type { FetchTarget } from './fetch-target.js';
import { unsafeHeaderNames } from './safelisted-header.js';

/** What is known about a refusal from the application behind a target. */
export type AppAnswer =
  /** It has `CorsModule`. Undefined: its policies allow the request. */
  | { readonly kind: 'diagnosis'; readonly diagnosis: CorsDiagnosis | undefined }
  /** It is a Nest application without `CorsModule`. */
  | { readonly kind: 'no-module' }
  /** It is something else: only what it sent is known. */
  | { readonly kind: 'stranger' };

/** The steps at which a policy refuses; all others are the page's own, or about redirects. */
const POLICY_STEPS: ReadonlySet<CorsBlockedStep> = new Set([
  'preflight-origin',
  'preflight-credentials',
  'preflight-status',
  'preflight-method',
  'preflight-headers',
  'origin',
  'credentials',
  'handshake-origin',
]);

/** Asks the application why a page was refused. Only its policies are read; no function or resolver runs again. */
export function askApplication(
  target: FetchTarget | undefined,
  failure: CorsFailure,
  request: FetchRequest,
): AppAnswer {
  if (!isApplication(target) || !POLICY_STEPS.has(failure.step)) {
    return { kind: 'stranger' };
  }
  const report = reportOf(target);
  if (report === undefined) {
    return { kind: 'no-module' };
  }
  const diagnosis = report.diagnose({
    phase: failure.step.startsWith('preflight-') ? 'preflight' : 'request',
    handshake: failure.step === 'handshake-origin',
    origin: serialisedOrigin(request),
    method: request.method,
    url: request.url.pathname + request.url.search,
    host: request.url.host,
    headers: unsafeHeaderNames(request.headers),
    credentials: request.credentials === 'include',
    isOriginRefused: failure.step.endsWith('origin'),
  });
  return { kind: 'diagnosis', diagnosis };
}
