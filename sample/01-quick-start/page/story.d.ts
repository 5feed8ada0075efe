import type { Asked, Exchange, Outcome, Story } from './types.js';

export interface Facts {
  readonly asked: Asked;
  readonly origin: string;
  readonly exchanges: readonly Exchange[];
  readonly outcome: Outcome;
  /** The same URL was sent before. */
  readonly again?: boolean;
}

export function tell(facts: Facts): Story;
