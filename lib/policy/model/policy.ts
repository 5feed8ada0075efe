import type { RequestDecision } from './decision.js';
import type { CorsOriginFunction, CorsResolverToken } from './origin-resolver.js';
import type { CorsPolicyOptions } from './options.js';

/** The brand of a compiled policy. It is a real symbol, so that the one place that sets it needs no type assertion. */
export const compiled: unique symbol = Symbol('nestjs-cors:compiled');

/** What to ask when no static origin matched: a function, or the token of a resolver. */
export type OriginAsk =
  | { readonly kind: 'function'; readonly ask: CorsOriginFunction }
  | { readonly kind: 'resolver'; readonly token: CorsResolverToken };

/**
 * What the static items of `origin` say. `unsettled`: none of them matched, so a function or resolver may be asked about
 * the origin.
 */
export type OriginVerdict = 'allowed' | 'unsettled' | 'not-allowed' | 'malformed';

/** The static part of the `origin` option, compiled; the cost of a look-up does not grow with the number of origins. */
export interface OriginMatcher {
  /** `'*'`: every origin. */
  readonly everyone: boolean;
  /** True when a static item names this origin. Accepts any string. */
  matches(origin: string): boolean;
  /**
   * The same with the reason. `malformed` is said only where an origin had to be parsed, not by a list of exact
   * origins.
   */
  judge(origin: string): OriginVerdict;
  /** The static items as they were written, each once: for people to read, so made when asked for. */
  list(): readonly (string | RegExp)[];
}

/**
 * The decisions of ordinary requests that no request can change, frozen once, so that a request whose origin is not
 * echoed allocates nothing.
 */
export interface RequestAnswers extends Readonly<Record<Exclude<OriginVerdict, 'allowed'>, RequestDecision>> {
  /**
   * The one answer of a closed policy and of a fixed `*`, whatever the `Origin`; undefined where the origin decides.
   */
  readonly fixed: RequestDecision | undefined;
  readonly withoutOrigin: RequestDecision;
}

/** Names of request headers: lower-case for look-ups, and as written for ACAH. */
export interface AllowedHeaderNames {
  readonly names: ReadonlySet<string>;
  readonly spelled: readonly string[];
  /** The text of ACAH; empty where no name is allowed. */
  readonly text: string;
  /** The length of the longest of them. */
  readonly longest: number;
}

/**
 * A policy as requests use it: made by `compilePolicy` only, frozen, every default filled in and every header string
 * ready. The brand prevents options from being passed where a policy is expected.
 */
export interface CorsPolicy {
  readonly [compiled]: true;
  /** Equal policies have equal keys. */
  readonly key: string;
  /** `false`, `origin: false` or `origin: []`: no origin is allowed. */
  readonly closed: boolean;
  readonly origins: OriginMatcher;
  /** Asked in parallel, and only when no static item matched. */
  readonly asks: readonly OriginAsk[];
  /** The policies that this one speaks for, each of which has to allow what it allows; undefined: for itself. */
  readonly together: readonly CorsPolicy[] | undefined;
  readonly credentials: boolean;
  /** An explicit list in the order written, or what `'auto'` and `'*'` mean at the URL asked about. */
  readonly methods: 'auto' | '*' | readonly string[];
  /** The text of ACAM where `methods` is a list. */
  readonly methodsText: string | undefined;
  /** `'*'`, or the names. */
  readonly allowedHeaders: '*' | AllowedHeaderNames;
  /** The text of ACEH; undefined where nothing is exposed. */
  readonly exposedHeaders: string | undefined;
  /** The seconds of ACMA; undefined where the header is not sent. */
  readonly maxAge: number | undefined;
  readonly optionsSuccessStatus: number;
  readonly preflightContinue: boolean;
  readonly enforce: boolean;
  /** Milliseconds. */
  readonly originTimeout: number;
  /** True when answers depend on `Origin`, so that `Vary` must name it: not for closed, not for a fixed `*`. */
  readonly varies: boolean;
  /** `'*'` without credentials: the answer is `*` whatever the origin. */
  readonly fixedEveryone: boolean;
  readonly answers: RequestAnswers;
}

/** The keys of a policy that hold a value people write (all but `use` and `dangerouslyAllow`). */
export type PolicyField = Exclude<keyof CorsPolicyOptions, 'use' | 'dangerouslyAllow'>;
