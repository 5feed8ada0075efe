import type { CorsDangerCode } from '../model/options.js';

/** What every mistake has. */
interface Place {
  /** What it was found on: `CatsController.update (PUT /cats/:id)`, `policies.partners`, `forRoot`. */
  readonly where: string;
  /** Which value: `origin[1]`, or empty where it is about the policy as a whole. */
  readonly path: string;
  /** The value itself, as it was written. */
  readonly value: unknown;
}

/** A code whose sentence needs nothing but the value. */
type Plain = unknown;

/**
 * Two values that are harmless alone, each with the layer that wrote it. The mistake is listed under the nearer one.
 */
export interface WithCredentials {
  readonly origin: string;
  readonly originFrom: string;
  readonly credentialsFrom: string;
}

/**
 * All codes, each with the data that its sentence needs besides the value. In the order of docs/errors.md.
 */
interface IssueData {
  /** `guess`: the name that was probably meant. */
  'unknown-option': { readonly guess: string | undefined };
  /** `expected`: what to write instead; it completes "write …". */
  type: { readonly expected: string };
  /** `suggestion`: the policy that was meant, where what stands in the place of a name is an origin. */
  'unknown-policy': { readonly guess: string | undefined; readonly suggestion: string | undefined };
  /** `suggestion`: as for `unknown-policy`. */
  'nested-use': { readonly suggestion: string | undefined };
  /** `named`: the policy that is false itself, which no origin beside it opens. */
  'opens-nothing': { readonly named: string | undefined };
  'nothing-to-extend': Plain;
  /** `credentials`: the policy has them, so `'*'` would be wrong. */
  'origin-missing': { readonly credentials: boolean };
  'origin-undefined': Plain;
  /** `suggestion`: the same with a scheme, where that makes it an origin. */
  'origin-invalid': { readonly suggestion: string | undefined };
  /** `right`: as browsers write it. */
  'origin-not-serialized': { readonly right: string };
  'origin-scheme': Plain;
  'null-origin': Plain;
  'origin-list-in-string': Plain;
  /** `alone`: as the only origin it would be right. */
  'wildcard-among-origins': { readonly alone: boolean };
  'wildcard-position': Plain;
  'any-host-of-scheme': { readonly scheme: string };
  'public-suffix': WithCredentials;
  'any-origin-with-credentials': WithCredentials;
  'insecure-origin-with-credentials': WithCredentials;
  'regexp-unsafe': Plain;
  'regexp-too-wide': {
    /** The shortest origin of another site that the expression accepts; undefined where none can be shown. */
    readonly stranger: string | undefined;
    /** Why nothing can be proven about the expression; undefined where it is proven that other sites are accepted. */
    readonly obstacle: 'look-around' | 'back-reference' | 'syntax' | 'size' | undefined;
    /** It is a mistake with credentials only; `origin` is the expression. */
    readonly withCredentials: WithCredentials | undefined;
  };
  'regexp-matches-nothing': Plain;
  'regexp-dot': Plain;
  /** `isProvided`: there is a provider, which has no method `allowsOrigin()`. */
  'resolver-missing': { readonly isProvided: boolean };
  'resolver-ambiguous': Plain;
  'resolver-scoped': Plain;
  /** `keyword`: a list writes `*`, `auto` or `all` as if it were a name. */
  'method-invalid': { readonly keyword: boolean };
  'method-forbidden': Plain;
  'method-case': Plain;
  /** `alone`: as a string of its own it would be right. */
  'header-invalid': { readonly keyword: boolean; readonly alone: boolean };
  /** `reason`: as it completes "`name` …". */
  'header-forbidden': { readonly reason: string };
  'expose-any-with-credentials': { readonly exposedFrom: string; readonly credentialsFrom: string };
  'max-age': Plain;
  status: Plain;
  /** `why`: a sentence with the cure. */
  'path-matches-nothing': { readonly why: string };
  /** `handlers`: the names of the handlers that serve the URL. */
  'path-of-a-route': { readonly handlers: readonly string[] };
  'no-options-handler': Plain;
  /** `place`: one socket carries all messages of a gateway, and its handshake is where a policy decides. */
  'not-a-route': { readonly place: 'gateway' | 'elsewhere' };
  /** `reason`: as it completes "has no effect on a gateway, as …". */
  'gateway-option': { readonly reason: string };
  'gateway-unjudged': Plain;
  'lost-decorator': Plain;
  'duplicate-module': Plain;
  'lazy-module': Plain;
  /** The value is the name of the provider that is request-scoped. */
  'options-scoped': Plain;
  /**
   * `source`: what else answers for CORS, of several that cannot be told apart `unknown`. `mounts`: the paths that it is limited
   * to. `caller`: the line that called `enableCors()`.
   */
  'duplicate-cors': {
    readonly source: 'enableCors' | 'option' | 'middleware' | 'plugin' | 'socket-server' | 'unknown';
    readonly mounts: readonly string[];
    readonly caller: string | undefined;
  };
  /** `name`: the package whose version is the value. */
  'old-platform': { readonly name: string };
}

/** The stable name of a kind of mistake. */
export type CorsConfigIssueCode = keyof IssueData;

/** The mistakes with one of these codes. */
export type IssueOf<Code extends CorsConfigIssueCode> = {
  [Each in Code]: Place & { readonly code: Each } & IssueData[Each];
}[Code];

/**
 * A mistake in the configuration, as data: `code` is stable and says which; `where`, `path` and `value` say what it is
 * about. All mistakes of an application are collected and thrown together, as one `CorsConfigError`.
 */
export type CorsConfigIssue = IssueOf<CorsConfigIssueCode>;

/** A mistake in a value, before it is known on which target the value stands. */
export type Finding = FindingOf<CorsConfigIssueCode>;

type FindingOf<Code extends CorsConfigIssueCode> = {
  [Each in Code]: Omit<Place, 'where'> & { readonly code: Each } & IssueData[Each];
}[Code];

/** A finding that a layer can acknowledge. */
export type DangerFinding = FindingOf<CorsDangerCode>;

/** Records a mistake. Reading goes on after it, so that all mistakes are found at once. */
export type Report = (finding: Finding) => void;

/** The mistakes that a layer can acknowledge. A record, so that a new code cannot be forgotten here. */
const DANGERS: Readonly<Record<CorsDangerCode, true>> = {
  'null-origin': true,
  'any-host-of-scheme': true,
  'public-suffix': true,
  'any-origin-with-credentials': true,
  'insecure-origin-with-credentials': true,
  'regexp-unsafe': true,
  'regexp-too-wide': true,
  'regexp-dot': true,
};

/** The names that `dangerouslyAllow` takes. */
export const DANGER_CODES: readonly string[] = Object.keys(DANGERS);

/** True for a code that can be acknowledged in `dangerouslyAllow`. */
export function isDanger(code: string): code is CorsDangerCode {
  return Object.hasOwn(DANGERS, code);
}
