import { digestOf } from '../../packages/node.js';
import { identityOf } from './identity.js';
import { StaticOrigins } from './origin-matcher.js';
import type { OriginOption } from './origin-option.js';
import type { OriginAsk, OriginMatcher } from '../model/policy.js';

/** An `origin` option as a compiled policy holds it. */
export interface CompiledOrigins {
  readonly matcher: OriginMatcher;
  readonly asks: readonly OriginAsk[];
  /** No origin is allowed: there is no item at all. */
  readonly closed: boolean;
  /** Equal for options that allow the same by the same items, in whatever order. */
  readonly key: string;
}

export function compileOrigins(option: OriginOption, nullAllowed: boolean): CompiledOrigins {
  const { everyone, hasNull, patterns, regexps, asks } = option;
  return Object.freeze({
    matcher: new StaticOrigins(option, nullAllowed),
    asks: Object.freeze([...asks]),
    closed: !everyone && !hasNull && patterns.length + regexps.length + asks.length === 0,
    key: keyOf(option, nullAllowed),
  });
}

function keyOf({ everyone, hasNull, patterns, regexps, asks }: OriginOption, nullAllowed: boolean): string {
  const items = [
    ...patterns.map((pattern) => pattern.text),
    ...regexps.map((regexp) => `regexp ${String(regexp)}`),
    ...asks.map((ask) =>
      ask.kind === 'function' ? `function ${identityOf(ask.ask)}` : `resolver ${identityOf(ask.token)}`,
    ),
    ...(everyone ? ['*'] : []),
    ...(hasNull ? ['null'] : []),
    ...(nullAllowed ? ['null allowed'] : []),
  ];
  return digest([...new Set(items)].toSorted());
}

/**
 * 100 000 origins are 3 MB, and every route that inherits them has a key. A text that is no longer than its digest stays as it
 * is: the closed policy is compiled at import, and the first digest of a process takes a millisecond.
 */
function digest(items: readonly string[]): string {
  const text = JSON.stringify(items);
  return text.length <= DIGEST_LENGTH ? text : digestOf(text);
}

const DIGEST_LENGTH = 44;
