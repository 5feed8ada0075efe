import type { IncomingMessage } from 'node:http';

import type { DecisionReason } from '../../policy/model/decision.js';

/** What a decision is about. */
export type DecisionPhase = 'preflight' | 'request' | 'enforce' | 'rewritten' | 'handshake';

/**
 * Counts the refusals of one application. Not the decision channel: that belongs to the whole process, and makes an event for each
 * request that is allowed, too. It is called while a request waits, so it must be quick.
 */
export interface RefusalCounter {
  /** @param route - `CatsController.update`; undefined where no controller serves the request. */
  count(route: string | undefined, phase: DecisionPhase, reason: DecisionReason, raw: IncomingMessage): void;
}
