import { matchedOrigins, type Node } from './matched-origins.js';
import { RegExpAutomaton, UnreadableRegExp, type RegExpObstacle } from './regexp-automaton.js';
import { ShortestOrigin } from './shortest-origin.js';
import { shortestStranger } from './spelled-hosts.js';
import { StepBudget } from './step-budget.js';

/** The expression accepts origins of other sites, or nothing proves that it does not. */
export interface TooWide {
  /** The shortest such origin. */
  readonly stranger: string | undefined;
  /** Why there is no proof. */
  readonly obstacle: RegExpObstacle | undefined;
}

/** Which origins an expression accepts. */
export interface RegExpWidth {
  /** It matches no well-formed origin. */
  readonly nothing: boolean;
  /** Undefined where it is proven that every host is spelled out, or lies below a domain that is. */
  readonly tooWide: TooWide | undefined;
  /** Undefined where it is proven that every origin is https or on loopback: what counts with credentials. */
  readonly insecure: TooWide | undefined;
}

/** Typical expressions take some thousands. */
const MAX_STEPS = 30_000;

/** What is longer may also be nested deeper than the stack allows. */
const MAX_LENGTH = 2000;

/**
 * Proves which origins `^(?:source)$` accepts, by automata. Trying examples would always miss some.
 *
 * @param flags - without `d`, `g`, `m` and `y`
 */
export function widthOf(source: string, flags: string): RegExpWidth {
  try {
    const budget = new StepBudget(source.length > MAX_LENGTH ? -1 : MAX_STEPS);
    budget.spend(0);
    const nodes = matchedOrigins(new RegExpAutomaton(source, flags, budget), budget);
    return {
      nothing: nodes.length === 0,
      tooWide: wide(shortestStranger(nodes, budget)),
      insecure: wide(shortestInsecure(nodes)),
    };
  } catch (error) {
    const unproven = { stranger: undefined, obstacle: obstacleOf(error) };
    return { nothing: false, tooWide: unproven, insecure: unproven };
  }
}

/** Any other error that ends the reading is the budget's, or a stack overflow. */
function obstacleOf(error: unknown): RegExpObstacle {
  return error instanceof UnreadableRegExp ? error.obstacle : 'size';
}

/** `http:` says more to the reader than the shorter `a:`, which a wildcard allows, too. */
function shortestInsecure(nodes: readonly Node[]): ShortestOrigin | undefined {
  const http = new ShortestOrigin();
  const others = new ShortestOrigin();
  for (const { accepted, origin, prefix } of nodes) {
    if (accepted && !origin.https && !origin.loopback) {
      (prefix.startsWith('http:') ? http : others).offer(prefix, '', '');
    }
  }
  return [http, others].find(({ found }) => found);
}

function wide(origin: ShortestOrigin | undefined): TooWide | undefined {
  return origin === undefined ? undefined : { stranger: origin.text, obstacle: undefined };
}
