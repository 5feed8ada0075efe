import type { EngineName } from '../engines/engine.js';
import type { Observation } from '../observation.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { Platform } from '../stage/scenario-app.js';

/** Where a scenario is seen. */
export interface Situation {
  readonly scenario: Scenario;
  readonly platform: Platform;
  /** What `pageAt()` says of another scenario of the same group. */
  readonly referenceOf: (title: string) => Observation;
}

/** In what an engine is not like the others, and what it does instead. */
export interface EngineDifference {
  readonly engines: readonly EngineName[];
  /** A sentence for the table in docs/browsers.md. */
  readonly what: string;
  /** Where it is written how it ought to be, or why it need not. */
  readonly clause: string;
  /** What the engine has to see, made of what `pageAt()` sees; the same object where there is no difference. */
  readonly sees: (reference: Observation, situation: Situation) => Observation;
}
