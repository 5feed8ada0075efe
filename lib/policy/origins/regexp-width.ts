import { matchedOrigins, type Node } from './matched-origins.js';
import { UnreadableRegExp, type RegExpAutomaton, type RegExpObstacle } from './regexp-automaton.js';
import { ShortestOrigin } from './shortest-origin.js';
import { singleChoicesIn } from './single-choices.js';
import { readHosts } from './spelled-hosts.js';
import type { StepBudget } from './step-budget.js';

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

/**
 * Proves which origins an expression accepts, by automata. Trying examples would always miss some.
 *
 * Throws {@link UnreadableRegExp} where there are look-aheads, and what the budget throws.
 */
export function widthOf(automaton: RegExpAutomaton, budget: StepBudget): RegExpWidth {
  if (automaton.lookAheads.length > 0) {
    throw new UnreadableRegExp('look-around');
  }
  const nodes = matchedOrigins(automaton, budget);
  const { strangers, domains } = readHosts(nodes, budget);
  return {
    nothing: nodes.length === 0,
    tooWide: wide(strangers ?? (domains.size > 1 ? strangerByChoice(automaton, budget) : undefined)),
    insecure: wide(shortestInsecure(nodes)),
  };
}

/** The shortest origin of a domain that is only spelled out because a single character may be left out, or be another one. */
function strangerByChoice(automaton: RegExpAutomaton, budget: StepBudget): ShortestOrigin | undefined {
  for (const { node, options } of singleChoicesIn(automaton.pattern)) {
    // However often a wildcard is repeated, what it reads was found to lie below a domain, or in the port.
    if (node.type === 'Quantifier' && !automaton.spellsHosts(node.element)) {
      continue;
    }
    let owned: ReadonlySet<string> | undefined;
    for (const option of options) {
      const { strangers, domains } = readHosts(matchedOrigins(automaton.deciding(node, option), budget), budget, owned);
      if (strangers !== undefined) {
        return strangers;
      }
      // An option may match no origin at all: with its slash, `\/?$` does not.
      owned ??= domains.size === 0 ? undefined : domains;
    }
  }
  return undefined;
}

/** `http:` says more to the reader than the shorter `a:`, which a wildcard allows, too. */
function shortestInsecure(nodes: readonly Node[]): ShortestOrigin | undefined {
  const http = new ShortestOrigin();
  const others = new ShortestOrigin();
  for (const { accepted, origin, prefix } of nodes) {
    if (accepted && !origin.https && !origin.loopback) {
      (prefix.startsWith('http:') ? http : others).offer(prefix, '');
    }
  }
  return [http, others].find(({ found }) => found);
}

function wide(origin: ShortestOrigin | undefined): TooWide | undefined {
  return origin === undefined ? undefined : { stranger: origin.text, obstacle: undefined };
}
