import { putHeaders } from '../../policy/decisions/request-decision.js';
import type { CorsDiagnosis, CorsDiagnosisReason, CorsDiagnosisStep } from '../../policy/diagnosis/diagnosis.js';
import type { RequestDecision } from '../../policy/model/decision.js';

/** A request to be explained, as a browser would send it. */
export interface CorsQuestion {
  /** The page's origin; left out: a request without `Origin`. */
  readonly origin?: string | undefined;
  /** The method of the request, which the preflight announces if there is one; `put` is PUT, as browsers send it. Default: `GET`. */
  readonly method?: string | undefined;
  /** Path and query, as the app sees it: with the global prefix. */
  readonly url: string;
  /** The `Host`, for host controllers. Default: `localhost`. */
  readonly host?: string | undefined;
  /** The request headers that a preflight announces. */
  readonly headers?: readonly string[] | undefined;
  /**
   * Whether the page sends credentials (`credentials: 'include'`). The server cannot see it, but the browser blocks an answer
   * that does not allow credentials: the verdict is then `blocked`. Default: not checked.
   */
  readonly credentials?: boolean | undefined;
  /** What to explain. Default: the preflight if headers are given or the method is not GET, HEAD or POST; else the request. */
  readonly phase?: 'preflight' | 'request' | undefined;
  /**
   * Explains the handshake of a socket at `url`: of the gateways there, or of other code that takes upgrades. The question's
   * method, headers and phase are then ignored. Default: `false`.
   */
  readonly handshake?: boolean | undefined;
}

/** What `CorsService.explain()` found. */
export interface CorsExplanation {
  /** What was explained: the phase that was asked for, or its default. */
  readonly phase: 'preflight' | 'request' | 'handshake';
  /**
   * `untouched`: there is no policy, so the app answers. `undecided`: a function or a resolver would be asked, but
   * `askResolvers` was not given; or several routes may be meant that decide differently: see `candidates`; or another
   * application, mounted in this one, serves the URL: `routes` says where, and its own `CorsService` explains it. `blocked`:
   * the server allows the origin, but the browser blocks the answer, as the page sends credentials.
   */
  readonly verdict: 'allowed' | 'refused' | 'blocked' | 'untouched' | 'undecided';
  /** The step that refused; undefined if none did. */
  readonly step: CorsDiagnosisStep | undefined;
  /** Why it refused, in a word. */
  readonly reason: CorsDiagnosisReason | undefined;
  /**
   * The status of the preflight's answer, of a request that `enforce` refuses, or of a refused handshake; undefined where the status
   * is the app's.
   */
  readonly status: number | undefined;
  /** The headers of the answer that this module sets; for a handshake those of a polling request. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The routes that the method may reach; several where a version header chooses, none where `paths` or `forRoot` decide. For a
   * handshake, the gateways at the URL.
   */
  readonly routes: readonly string[];
  /** The entries of `paths` that decide, where no controller serves the request; several where readers of the URL differ. */
  readonly paths: readonly string[];
  /**
   * The result for each route, if their policies differ and the question does not say which route a request would reach.
   * `verdict` is then theirs if all agree, headers included, else `undecided`. Otherwise empty.
   */
  readonly candidates: readonly CandidateExplanation[];
  /**
   * What stops the request, which layer wrote it, and the change to make; undefined if nothing stops it. If routes differ, each
   * of the `candidates` has its own.
   */
  readonly diagnosis: CorsDiagnosis | undefined;
}

/** The result for one of several routes. */
export interface CandidateExplanation extends Pick<
  CorsExplanation,
  'verdict' | 'step' | 'reason' | 'status' | 'headers' | 'diagnosis'
> {
  /** `CatsController.update` */
  readonly route: string;
}

/** Of an ordinary request, or of a polling one. */
export function headersOf(decision: Omit<RequestDecision, 'verdict' | 'reason'>): Record<string, string> {
  const headers: Record<string, string> = {};
  putHeaders(decision, headers, (all, name, value) => {
    all[name] = value;
  });
  if (decision.vary) {
    headers['Vary'] = 'Origin';
  }
  return headers;
}
