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

const MAX_LENGTH = 2000;

/** Reading is recursive. How deep the stack goes depends on the machine and on what V8 has compiled; this limit does not. */
const MAX_DEPTH = 100;

/**
 * Judges `^(?:source)$` for all origins at once. What cannot be read is neither quick nor narrow.
 *
 * @param flags - without `d`, `g`, `m` and `y`
 */
export function analyseRegExp(source: string, flags: string): RegExpAnalysis {
  let quick = false;
  try {
    const budget = new StepBudget(source.length > MAX_LENGTH || depthOf(source) > MAX_DEPTH ? -1 : MAX_STEPS);
    budget.spend(0);
    const automaton = new RegExpAutomaton(parseRegExp(source, flags), flags, budget);
    quick = isQuick(automaton);
    return { quick, width: widthOf(automaton, budget) };
  } catch (error) {
    const unproven = { stranger: undefined, obstacle: obstacleOf(error) };
    return { quick, width: { nothing: false, tooWide: unproven, insecure: unproven } };
  }
}

/** How deeply groups and classes are nested, or more: outside of set notation, a `[` in a class is counted as a class. */
function depthOf(source: string): number {
  let groups = 0;
  let classes = 0;
  let most = 0;
  for (const [token] of source.matchAll(/\\.|[()[\]]/gs)) {
    groups += token === '(' ? 1 : token === ')' && classes === 0 ? -1 : 0;
    classes += token === '[' ? 1 : token === ']' && classes > 0 ? -1 : 0;
    most = Math.max(most, groups + classes);
  }
  return most;
}

/** Any other error that ends the reading is the budget's, or a stack overflow. */
function obstacleOf(error: unknown): RegExpObstacle {
  return error instanceof UnreadableRegExp ? error.obstacle : 'size';
}
