/** What the page gets from the server, as JSON. */
import type { CorsPathEntry, CorsRootPolicy, CorsRoute } from '../nest/policies/cors-route.js';
import type { DecisionPhase } from '../nest/report/refusal-counter.js';
import type { CorsExplanation } from '../nest/request/explanation.js';
import type { DecisionReason, RefusedStep } from '../policy/model/decision.js';

/** `policies.json` */
export interface PolicyReport {
  readonly routes: readonly CorsRoute[];
  readonly paths: readonly CorsPathEntry[];
  /** The policy of all other URLs. */
  readonly root: CorsRootPolicy;
}

/** `explanation.json` */
export interface ExplanationReport {
  /** The explanation of the preflight; undefined if there is none. */
  readonly preflight: CorsExplanation | undefined;
  readonly request: CorsExplanation;
}

/** `refusals.json` */
export interface RefusalReport {
  /** The number of all refusals. */
  readonly revision: number;
  /** When counting began, in milliseconds. */
  readonly since: number;
  /** Refusals without a row, as there were too many rows. */
  readonly uncounted: number;
  readonly rows: readonly RefusedRow[];
  readonly origins: readonly { readonly origin: string; readonly count: number; readonly excess: number }[];
}

export interface RefusedRow {
  /** Undefined if no route was involved. */
  readonly route: string | undefined;
  readonly phase: DecisionPhase;
  readonly step: RefusedStep;
  readonly reason: DecisionReason;
  readonly count: number;
  /** The origin that was refused last. */
  readonly last: string | undefined;
  /** When, in milliseconds. */
  readonly at: number;
}
