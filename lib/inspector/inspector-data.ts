/** What the page gets from the server, as JSON. */
import type { CorsPathEntry, CorsRootPolicy, CorsRoute } from '../nest/policies/cors-route.js';
import type { DecisionPhase } from '../nest/report/refusal-counter.js';
import type { CorsExplanation } from '../nest/request/explanation.js';
import type { DecisionReason, RefusedStep } from '../policy/model/decision.js';

/** `policies.json` */
export interface PolicyReport {
  readonly routes: readonly CorsRoute[];
  readonly paths: readonly CorsPathEntry[];
  /** Of everything else. */
  readonly root: CorsRootPolicy;
}

/** `explanation.json` */
export interface ExplanationReport {
  /** What the browser asks first; undefined where it does not. */
  readonly preflight: CorsExplanation | undefined;
  readonly request: CorsExplanation;
}

/** `refusals.json` */
export interface RefusalReport {
  /** How many in all. */
  readonly revision: number;
  /** When counting began, in milliseconds. */
  readonly since: number;
  /** Refusals that are in no row, as there are too many. */
  readonly uncounted: number;
  readonly rows: readonly RefusedRow[];
  readonly origins: readonly { readonly origin: string; readonly count: number; readonly excess: number }[];
}

export interface RefusedRow {
  /** Undefined where no route was concerned. */
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
