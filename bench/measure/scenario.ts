import type { Answer } from '../http/answer.js';

/** Some work that can be done again and again, and what it answers. */
export interface Work {
  /** Does the work so many times, one after the other. */
  readonly run: (times: number) => void | Promise<void>;
  /** Does it once and says what came of it: a contender that answers wrongly is not timed. */
  readonly answer: () => Answer | Promise<Answer>;
}

/** What is timed against each other. */
export interface Scenario {
  readonly contenders: readonly string[];
  /** What a contender's cost is counted over: the same without it. Undefined for what is only there to be counted over. */
  readonly baseOf: (contender: string) => string | undefined;
  /** What each of them has to do. */
  readonly works: readonly string[];
  /** Prepares a contender, in the process that is to do the work. */
  readonly prepare: (contender: string) => Promise<ReadonlyMap<string, Work>>;
  /** What a contender has to answer; throws where it does not. */
  readonly assert: (contender: string, work: string, answer: Answer) => void;
}
