import type { ContestSettings } from '../measure/contest.js';

/** How much work a run is worth. */
export interface Effort {
  /** A smoke run: every answer is checked, the figures mean nothing, and no bar is judged. */
  readonly quick: boolean;
  /** For what takes nanoseconds. */
  readonly small: ContestSettings;
  /** For whole applications, which take longer to be compiled. */
  readonly large: ContestSettings;
}

export const FULL: Effort = {
  quick: false,
  small: { rounds: 500, generations: 3, batch: 0.5, warmUp: 150 },
  large: { rounds: 900, generations: 2, batch: 0.5, warmUp: 1000 },
};

const BRIEF: ContestSettings = {
  rounds: 3,
  generations: 1,
  batch: 0.1,
  warmUp: 2,
  without: ['1000 routes', '5000 routes', '100 000'],
};

export const QUICK: Effort = { quick: true, small: BRIEF, large: BRIEF };
