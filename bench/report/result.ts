import type { Estimate } from '../measure/samples.js';

/** One table of figures, as it is printed, stored and drawn. */
export interface Table {
  /** The name of its files. */
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly values: readonly (number | undefined)[] }[];
  /** What a reader has to know to read it. */
  readonly note: string;
}

/** What the design promised, and what came of it. */
export interface Bar {
  readonly what: string;
  readonly limit: number;
  /** Whether the figure may be no more than the limit, or no less. */
  readonly direction: 'at most' | 'at least';
  readonly unit: string;
  readonly figure: Estimate;
}

export interface SuiteResult {
  readonly tables: readonly Table[];
  readonly bars: readonly Bar[];
}

/** A bar on noisy figures is met when the near end of the 95 % interval is on its right side. */
export function isMet({ direction, limit, figure }: Bar): boolean {
  return direction === 'at most' ? figure.low <= limit : figure.high >= limit;
}
