import type { EngineName } from '../engines/engine.js';
import type { Observation } from '../observation.js';
import { cookieDifferences } from './cookie.differences.js';
import type { EngineDifference, Situation } from './engine-difference.js';
import { headerDifferences } from './header.differences.js';
import { preflightCacheDifferences } from './preflight-cache.differences.js';
import { redirectDifferences } from './redirect.differences.js';
import { socketDifferences } from './socket.differences.js';

/**
 * Everything in which an engine is known not to do as the standard, and `pageAt()`, say. The engine must see exactly what
 * stands here: an engine that has been mended fails as one that has been broken, and an entry that changes nothing is one too many.
 */
export const ENGINE_DIFFERENCES: readonly EngineDifference[] = [
  ...preflightCacheDifferences,
  ...headerDifferences,
  ...cookieDifferences,
  ...redirectDifferences,
  ...socketDifferences,
];

export interface ExpectedObservation {
  readonly observation: Observation;
  /** Those that had a part in it: numbers as in the table of the docs. */
  readonly differences: readonly number[];
}

/** What an engine has to see of a scenario. */
export function expectedOf(engine: EngineName, reference: Observation, situation: Situation): ExpectedObservation {
  let observation = reference;
  const differences: number[] = [];
  for (const [index, { engines, sees }] of ENGINE_DIFFERENCES.entries()) {
    if (!engines.includes(engine)) {
      continue;
    }
    const seen = sees(observation, situation);
    if (JSON.stringify(seen) !== JSON.stringify(observation)) {
      differences.push(index + 1);
    }
    observation = seen;
  }
  return { observation, differences };
}
