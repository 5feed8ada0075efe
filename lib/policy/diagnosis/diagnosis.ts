import type { DecisionReason, RefusedStep } from '../model/decision.js';
import type { CorsPolicyOptions } from '../model/options.js';
import type { CorsPolicy, PolicyField } from '../model/policy.js';

/** The step at which a page fails: one of the server's, or the browser's own check of `credentials: 'include'`. */
export type CorsDiagnosisStep = RefusedStep | 'credentials';

/** Why a page fails, in a word. */
export type CorsDiagnosisReason =
  | DecisionReason
  /** The server answers, and the browser keeps the answer: the page asked with credentials. */
  | 'credentials-not-allowed'
  /** No layer names an origin, so what the app itself sends decides. */
  | 'no-policy'
  /** An entry of `paths` says `untouched: true`. */
  | 'left-to-the-app'
  /** No controller and no entry of `paths` serves the URL, whatever the method. */
  | 'url-not-served';

/** A change that makes one request pass, and lets in no other origin. */
export interface CorsCure {
  /**
   * - `decorate`: put `code` above the other decorators of the handler or gateway `place`.
   * - `entry`: give these keys to the policy of the entry of `paths` that `place` names.
   * - `add-entry`: make `code` the first entry of `forRoot({ paths })`.
   */
  readonly how: 'decorate' | 'entry' | 'add-entry';
  /** `CatsController.rename`, `ChatGateway`, `paths[0] (/graphql)`, `forRoot({ paths })` */
  readonly place: string;
  /** The keys of the policy that change, as data. */
  readonly options: CorsPolicyOptions;
  /** The change as code: `@Cors({ allowedHeaders: { add: ['X-Trace'] } })` */
  readonly code: string;
}

/** Why a page is refused, where that is written, and the change to make. Data: everything that is said of it is made from this. */
export interface CorsDiagnosis {
  /** Undefined where no step refused: the URL has no policy, or nothing serves it. */
  readonly step: CorsDiagnosisStep | undefined;
  readonly reason: CorsDiagnosisReason;
  /** What judged: `CatsController.rename`, `ChatGateway`, `paths[0] (/graphql)`, `forRoot`; undefined where nothing did. */
  readonly target: string | undefined;
  /** What the request has and the policy lacks: the origin, the method, the names of headers in lower case. Made safe for logs. */
  readonly missing: readonly string[];
  /** The option that decided; undefined where none did. */
  readonly option: PolicyField | undefined;
  /**
   * The layer that wrote it: `forRoot`, `CatsController`, `CatsController.rename`, `policies.partners`, `paths[0] (/graphql)`.
   * Undefined: the field has its default.
   */
  readonly writtenBy: string | undefined;
  /** What is allowed or served instead: origins, methods, names of headers. */
  readonly instead: readonly string[];
  /** Where nothing serves the URL, the route that was probably meant: `GET /cats (CatsController.list)` */
  readonly nearest: string | undefined;
  /** All of them together make exactly this request pass. Empty where no such change exists, or what is closed is closed on purpose. */
  readonly cures: readonly CorsCure[];
  /** The above in one or two sentences, without the cures. */
  readonly text: string;
}

/** A request in the terms of its page. */
export interface DiagnosedRequest {
  readonly phase: 'preflight' | 'request' | 'handshake';
  /** Undefined or empty: the request has none. */
  readonly origin: string | undefined;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** The text of Access-Control-Request-Headers. */
  readonly headers: string | undefined;
  /** Whether the page sends credentials; undefined: not known. */
  readonly credentials: boolean | undefined;
}

/** Something whose policy has to let the request pass. */
export interface DiagnosedTarget {
  /**
   * - `handler`, `gateway`: a decorator stands on it.
   * - `entry`: one of `paths`.
   * - `url`: a URL for which `forRoot`'s own policy decides, or none.
   */
  readonly kind: 'handler' | 'gateway' | 'entry' | 'url';
  readonly name: string;
  readonly policy: CorsPolicy | undefined;
  /** An entry that leaves the URL to the app. */
  readonly isUntouched: boolean;
  /** Which layer wrote each field. */
  readonly sources: Readonly<Partial<Record<PolicyField, string>>>;
  /** Whether it serves this method and no other, GET's HEAD apart. */
  readonly isOneMethod: boolean;
  /** Whether the method is served here: what `'auto'` means. */
  readonly isServed: boolean;
  /** The name of the header that carries the version, in lower case. */
  readonly alwaysAllowed: string | undefined;
  /** What functions and resolvers said; undefined: they were not asked. */
  readonly answer: boolean | undefined;
  /** The policy that it would have with these keys on top; undefined where that is a mistake. */
  readonly compileWith: (options: CorsPolicyOptions) => CorsPolicy | undefined;
}

/** Everything that a diagnosis is made from. */
export interface Situation {
  readonly request: DiagnosedRequest;
  /** All of them have to let the request pass. Empty: no policy is concerned. */
  readonly targets: readonly DiagnosedTarget[];
  /** The methods that controllers serve at the URL. */
  readonly served: readonly string[];
  /** Whether a route, an entry of `paths`, or something else that the router knows serves the URL with any method. */
  readonly isKnown: boolean;
  /** Asked only where nothing is known to serve the URL. */
  readonly nearest: () => string | undefined;
}
