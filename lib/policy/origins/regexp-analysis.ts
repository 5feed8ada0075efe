import { parseRegExp, RegExpAutomaton, UnreadableRegExp, type RegExpObstacle } from './regexp-automaton.js';
import { isQuick } from './regexp-effort.js';
import { widthOf, type RegExpWidth } from './regexp-width.js';
import { StepBudget } from './step-budget.js';

/** What is known of an expression before it has met an origin. */
export interface RegExpAnalysis {
  /** It is proven that it is quick to fail. */
  readonly quick: boolean;
  readonly width: RegExpWidth;
}

/** Typical expressions take some thousands. */
const MAX_STEPS = 30_000;

/** What is longer may also be nested deeper than the stack allows. */
const MAX_LENGTH = 2000;

/**
 * Judges `^(?:source)$` for all origins at once. What cannot be read is neither quick nor narrow.
 *
 * @param flags - without `d`, `g`, `m` and `y`
 */
export function analyseRegExp(source: string, flags: string): RegExpAnalysis {
  let quick = false;
  try {
    const budget = new StepBudget(source.length > MAX_LENGTH ? -1 : MAX_STEPS);
    budget.spend(0);
    const automaton = new RegExpAutomaton(parseRegExp(source, flags), flags, budget);
    quick = isQuick(automaton);
    return { quick, width: widthOf(automaton, budget) };
  } catch (error) {
    const unproven = { stranger: undefined, obstacle: obstacleOf(error) };
    return { quick, width: { nothing: false, tooWide: unproven, insecure: unproven } };
  }
}

/** Any other error that ends the reading is the budget's, or a stack overflow. */
function obstacleOf(error: unknown): RegExpObstacle {
  return error instanceof UnreadableRegExp ? error.obstacle : 'size';
}
