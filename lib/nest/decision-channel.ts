import { channel } from 'node:diagnostics_channel';

import type { DecisionReason, RefusedStep } from '../policy/decision.js';
import { safeText } from '../policy/safe-text.js';

/** The name of the diagnostics channel on which every decision is published while somebody listens. */
export const CORS_DECISION_CHANNEL = 'nestjs-cors:decision';

/** What subscribers of `diagnostics_channel.subscribe('nestjs-cors:decision', …)` get. */
export interface CorsDecisionEvent {
  /** `CatsController.update`; undefined where no route of a controller was concerned. */
  readonly route: string | undefined;
  /** `enforce`: the request was refused before the app ran. */
  readonly phase: 'preflight' | 'request' | 'enforce' | 'rewritten';
  readonly verdict: 'allowed' | 'refused';
  readonly step: RefusedStep | undefined;
  readonly reason: DecisionReason | undefined;
  /** Made safe for logs and cut to 326 characters; undefined where the request had none. */
  readonly origin: string | undefined;
}

const decisions = channel(CORS_DECISION_CHANNEL);
const LONGEST_ORIGIN = 326;

/** Ask first: the event of a request is only made for somebody who listens. */
export function decisionsAreWatched(): boolean {
  return decisions.hasSubscribers;
}

export function publishDecision(event: CorsDecisionEvent): void {
  const origin = event.origin === undefined ? undefined : safeText(event.origin, LONGEST_ORIGIN);
  decisions.publish({ ...event, origin });
}
