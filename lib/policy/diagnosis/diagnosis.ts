import type { DecisionReason, RefusedStep } from '../model/decision.js';
import type { CorsPolicyOptions } from '../model/options.js';
import type { CorsPolicy, PolicyField } from '../model/policy.js';

/** The step at which a page fails: one of the server's, or the browser's own check of `credentials: 'include'`. */
export type CorsDiagnosisStep = RefusedStep | 'credentials';

/** Why a page fails, in a word. */
export type CorsDiagnosisReason =
  | DecisionReason
  /** The server answers, and the browser blocks the answer, as the page sent credentials. */
  | 'credentials-not-allowed'
  /** No layer names an origin, so the app's own headers decide. */
  | 'no-policy'
  /** An entry of `paths` says `untouched: true`. */
  | 'left-to-the-app'
  /** No controller and no entry of `paths` serves the URL, whatever the method. */
  | 'url-not-served';

/** A change that makes one request pass, and allows no other origin. */
export interface CorsCure {
  /**
   * - `decorate`: put `code` above the other decorators of the handler or gateway `place`.
   * - `entry`: set these keys in the policy of the entry of `paths` that `place` names; a policy that is a name becomes `code`.
   * - `add-entry`: make `code` the first entry of `forRoot({ paths })`.
   */
  readonly how: 'decorate' | 'entry' | 'add-entry';
  /** `CatsController.rename`, as the class that declares it; `ChatGateway`, `paths[0] (/graphql)`, `forRoot({ paths })` */
  readonly place: string;
  /** The keys of the policy that change, as data. */
  readonly options: CorsPolicyOptions;
  /** The change as code: `@Cors({ allowedHeaders: { add: ['X-Trace'] } })` */
  readonly code: string;
}

/** Why a page is refused, which layer is the cause, and the change to make: the data behind every text about a refusal. */
export interface CorsDiagnosis {
  /** Undefined if no step refused: the URL has no policy, or nothing serves it. */
  readonly step: CorsDiagnosisStep | undefined;
  readonly reason: CorsDiagnosisReason;
  /** What decided: `CatsController.rename`, `ChatGateway`, `paths[0] (/graphql)`, `forRoot`; undefined if nothing did. */
  readonly target: string | undefined;
  /** What the request has and the policy lacks: the origin, the method, header names in lower case. Safe for logs. */
  readonly missing: readonly string[];
  /** The option that decided; undefined if none did. */
  readonly option: PolicyField | undefined;
  /**
   * The layer that wrote it: `forRoot`, `CatsController`, `CatsController.rename`, `policies.partners`, `paths[0] (/graphql)`.
   * Undefined: the field has its default.
   */
  readonly writtenBy: string | undefined;
  /** What is allowed or served instead: origins, methods, header names. */
  readonly instead: readonly string[];
  /** If nothing serves the URL, the route that was probably meant: `GET /cats (CatsController.list)` */
  readonly nearest: string | undefined;
  /** Together they make exactly this request pass. Empty if there is no such change, or the target is closed on purpose. */
  readonly cures: readonly CorsCure[];
  /** The above in one or two sentences, without the cures. */
  readonly text: string;
}

/** A request as its page would describe it. */
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
  /** Where its decorator stands: another class than `name` has, if it is inherited. */
  readonly place: string;
  /** Others inherit it from there, so that a decorator would apply to them as well. */
  readonly isShared: boolean;
  readonly policy: CorsPolicy | undefined;
  /** The name that stands in place of a policy in an entry. */
  readonly use?: string | undefined;
  /** An entry that leaves the URL to the app. */
  readonly isUntouched: boolean;
  /** Which layer wrote each field. */
  readonly sources: Readonly<Partial<Record<PolicyField, string>>>;
  /** Whether it serves this method only (and HEAD beside GET). */
  readonly isOneMethod: boolean;
  /** Whether a method is served here: what `'auto'` means. */
  readonly serves: (method: string) => boolean;
  /** The name of the header that carries the version, in lower case. */
  readonly alwaysAllowed: string | undefined;
  /** The answer of functions and resolvers; undefined: they were not asked. */
  readonly answer: boolean | undefined;
  /** The policy that it would have with these keys added; undefined if that is a mistake. */
  readonly compileWith: (options: CorsPolicyOptions) => CorsPolicy | undefined;
}

/** Everything that a diagnosis is made from. */
export interface Situation {
  readonly request: DiagnosedRequest;
  /** All of them have to let the request pass. Empty: no policy applies. */
  readonly targets: readonly DiagnosedTarget[];
  /** The methods that controllers serve at the URL. */
  readonly served: readonly string[];
  /** Whether a route, an entry of `paths`, or something else that the router knows serves the URL with any method. */
  readonly isKnown: boolean;
  /** Called only if nothing is known to serve the URL. */
  readonly nearest: () => string | undefined;
}
