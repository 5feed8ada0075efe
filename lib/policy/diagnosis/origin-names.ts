import { safeText } from '../mistakes/safe-text.js';
import type { CorsPolicy, OriginAsk } from '../model/policy.js';

/**
 * The origins that a policy names, for a reader: origins and patterns as written, then RegExps, functions and resolvers by
 * name, each kind in alphabetical order, so that equal policies read alike.
 */
export function originNames({ origins, asks, closed }: CorsPolicy): readonly string[] {
  if (closed) {
    return [];
  }
  const listed = origins.list();
  const texts = listed.filter((item) => typeof item === 'string');
  const regexps = listed.filter((item) => typeof item !== 'string').map((regexp) => safeText(String(regexp), Infinity));
  const named = asks.map(askName);
  return [...new Set([...texts.toSorted(), ...regexps.toSorted(), ...named.toSorted()])];
}

/** `function isTenant`, `resolver TenantOrigins` */
export function askName(ask: OriginAsk): string {
  if (ask.kind === 'function') {
    return `function ${nameOf(ask.ask)}`;
  }
  const { token } = ask;
  return `resolver ${typeof token === 'function' ? nameOf(token) : safeText(String(token))}`;
}

/** The name may be a getter of the app. */
function nameOf(named: object): string {
  try {
    const name: unknown = Reflect.get(named, 'name');
    if (typeof name === 'string' && name !== '') {
      return safeText(name, 80);
    }
  } catch {
    // It is treated as a function without a name.
  }
  return '(anonymous)';
}

/** `https://a.example, https://b.example and 3 more` */
export function shortList(names: readonly string[], most: number): string {
  const rest = names.length - most;
  return rest > 0 ? `${names.slice(0, most).join(', ')} and ${rest} more` : names.join(', ');
}
