import type { CorsDangerCode } from './options.js';

/** What every mistake has. */
interface Place {
  /** What it was found on: `CatsController.update (PUT /cats/:id)`, `policies.partners`, `forRoot`. */
  readonly where: string;
  /** Which value: `origin[1]`, or empty where it is about the policy as a whole. */
  readonly path: string;
  /** The value itself, as it was written. */
  readonly value: unknown;
}

/** Codes whose sentence needs nothing but the value. */
type PlainCode =
  | 'nested-use'
  | 'opens-nothing'
  | 'nothing-to-extend'
  | 'origin-missing'
  | 'origin-undefined'
  | 'origin-scheme'
  | 'null-origin'
  | 'origin-list-in-string'
  | 'wildcard-among-origins'
  | 'wildcard-position'
  | 'regexp-unsafe'
  | 'regexp-dot'
  | 'resolver-missing'
  | 'resolver-ambiguous'
  | 'resolver-scoped'
  | 'method-forbidden'
  | 'method-case'
  | 'max-age'
  | 'status'
  | 'no-options-handler'
  | 'not-a-route'
  | 'duplicate-module'
  | 'duplicate-cors'
  | 'needs-restart';

/** What is wrong, and the data that its sentence needs. */
type Detail =
  | { readonly [Code in PlainCode]: { readonly code: Code } }[PlainCode]
  /** `guess`: the name that was probably meant. */
  | { readonly code: 'unknown-option'; readonly guess: string | undefined }
  /** `expected`: what belongs there, as it completes "write …". */
  | { readonly code: 'type'; readonly expected: string }
  /** `origin`: the name looks like an origin. */
  | { readonly code: 'unknown-policy'; readonly guess: string | undefined; readonly origin: boolean }
  | { readonly code: 'origin-invalid'; readonly suggestion: string | undefined }
  /** `right`: as browsers write it. */
  | { readonly code: 'origin-not-serialized'; readonly right: string }
  /** `probe`: an origin that the expression lets in. */
  | { readonly code: 'regexp-too-wide'; readonly probe: string }
  /** `keyword`: a list writes `*` or `auto` as if it were a name. */
  | { readonly code: 'method-invalid'; readonly keyword: boolean }
  | { readonly code: 'header-invalid'; readonly keyword: boolean }
  | { readonly code: 'header-forbidden'; readonly reason: string }
  /**
   * Two values that are harmless alone. `originFrom` and `credentialsFrom` name the layers that wrote them; the mistake is listed under the nearer.
   */
  | {
      readonly code: 'any-origin-with-credentials' | 'public-suffix' | 'insecure-origin-with-credentials';
      readonly origin: string;
      readonly originFrom: string;
      readonly credentialsFrom: string;
    }
  | { readonly code: 'expose-any-with-credentials'; readonly exposedFrom: string; readonly credentialsFrom: string };

/**
 * A mistake in the configuration, as data: `code` is stable and says which; `where`, `path` and `value` say what it is about.
 * All mistakes of an application are collected and thrown together, as one {@link CorsConfigError}.
 */
export type CorsConfigIssue = Place & Detail;

/** A mistake in a value, before it is known on which target the value stands. */
export type Finding = Omit<Place, 'where'> & Detail;

/** A finding that a layer can acknowledge. */
export type DangerFinding = Extract<Finding, { code: CorsDangerCode }>;

/** Takes a mistake down. Reading goes on after it, so that all of them are found in one go. */
export type Report = (finding: Finding) => void;

/** The mistakes that a layer can acknowledge. A record, so that a new code cannot be forgotten here. */
const DANGERS: Readonly<Record<CorsDangerCode, true>> = {
  'null-origin': true,
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
