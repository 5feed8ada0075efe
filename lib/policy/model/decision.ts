import type { FlatHeaders } from './flat-headers.js';

/** The step of the CORS protocol that refused. */
export type RefusedStep = 'origin' | 'method' | 'headers';

/** Why, in a word that logs, diagnostics and `CorsService.explain()` share. */
export type DecisionReason =
  /** The request has no `Origin`: not from a page of another origin, or not in CORS mode. */
  | 'no-origin'
  /** `Origin` is not in a form that browsers send. */
  | 'origin-malformed'
  | 'origin-not-allowed'
  /** The policy allows no origin. */
  | 'closed'
  /** `methods` does not list the method. */
  | 'method-not-allowed'
  /** The URL is served, but not with this method under this policy. */
  | 'method-not-served'
  | 'header-not-allowed'
  /** The announced headers are not a list of names, or too long a list. */
  | 'headers-malformed';

/** The step at which each reason refuses. */
export const STEP_OF: Readonly<Record<DecisionReason, RefusedStep>> = Object.freeze({
  'no-origin': 'origin',
  'origin-malformed': 'origin',
  'origin-not-allowed': 'origin',
  closed: 'origin',
  'method-not-allowed': 'method',
  'method-not-served': 'method',
  'header-not-allowed': 'headers',
  'headers-malformed': 'headers',
});

/**
 * What an ordinary request's answer carries. A plain value: other code writes it. `pending` means that the static
 * items did not match and a function or resolver has to be asked; `concludeRequest` then gives the decision.
 *
 * Every decision has all six fields, in this order: objects of one shape keep the reader's property look-ups
 * monomorphic.
 */
export interface RequestDecision {
  readonly verdict: 'allowed' | 'refused' | 'pending';
  readonly reason: DecisionReason | undefined;
  /** ACAO; undefined: the header is not sent. */
  readonly allowOrigin: string | undefined;
  /** ACAC is `true`; false: the header is not sent, as it has no other value. */
  readonly allowCredentials: boolean;
  /** ACEH; undefined: the header is not sent. */
  readonly exposeHeaders: string | undefined;
  /** `Vary` must name `Origin`. */
  readonly vary: boolean;
}

/**
 * How a preflight is answered. `pending` as for {@link RequestDecision}; `concludePreflight` then gives the decision.
 */
export interface PreflightDecision {
  readonly verdict: 'allowed' | 'refused' | 'pending';
  /** The step that refused, and why; undefined unless refused. */
  readonly step: RefusedStep | undefined;
  readonly reason: DecisionReason | undefined;
  /** 403 for a refusal, unless `debug` answers it like a success. */
  readonly status: number;
  /**
   * All headers of the answer, names in their usual spelling, `Vary` and `Content-Length` among them, in the order in which they are sent. No
   * `Content-Length` where the app's own handler answers.
   */
  readonly headers: FlatHeaders;
  /** `preflightContinue`: the app's own OPTIONS handler answers, with these headers. Never on a refusal. */
  readonly continues: boolean;
}
