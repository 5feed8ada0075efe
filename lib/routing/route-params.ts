import type { PatternSegments } from './path-pattern.js';
import type { TargetScan } from './request-target.js';
import type { RouteParams } from './route-table.js';

/** A plain copy: path-to-regexp returns objects without a prototype, and V8 takes twice as long to spread them. */
export function copyOfParams(params: RouteParams): RouteParams {
  if (Object.hasOwn(params, '__proto__')) {
    return { ...params };
  }
  const copy: Record<string, string | readonly string[] | undefined> = {};
  for (const name of Object.keys(params)) {
    copy[name] = params[name];
  }
  return copy;
}

/** The same for parameters that the app may have changed since they were read. Undefined if one of them is not a string. */
export function copyOfTexts(params: RouteParams): RouteParams | undefined {
  const copy: Record<string, string> = {};
  for (const name of Object.keys(params)) {
    const value = params[name];
    if (typeof value !== 'string' || name === '__proto__') {
      return undefined;
    }
    copy[name] = value;
  }
  return copy;
}

interface Segment {
  /** As the router folds it. */
  readonly text: string;
  /** Undefined where the segment is `text`. */
  readonly name: string | undefined;
}

/**
 * Reads the parameters of a pattern whose segments are text or one parameter each, `/tenants/:tenant/orders`: what the router's
 * own expression would find, at a tenth of its cost.
 */
export class PlainParams {
  readonly #segments: readonly Segment[];

  constructor(segments: readonly Segment[]) {
    this.#segments = segments;
  }

  /**
   * Undefined where the router's own matcher has to read them: where the text differs, or is not well encoded.
   *
   * @param scan - of the target.
   */
  read(scan: TargetScan, target: string): RouteParams | undefined {
    if (scan.count !== this.#segments.length) {
      return undefined;
    }
    const params: Record<string, string> = {};
    let index = 0;
    for (const { text, name } of this.#segments) {
      if (name !== undefined) {
        const value = decoded(scan.text(index, target));
        if (value === undefined || value === '') {
          return undefined;
        }
        params[name] = value;
      } else if (!scan.is(index, text, target)) {
        return undefined;
      }
      index += 1;
    }
    return params;
  }
}

/** Undefined where the router's own matcher has to read them. */
export function plainParamsOf(pattern: unknown, { closed, certain }: PatternSegments): PlainParams | undefined {
  if (!certain || typeof pattern !== 'string') {
    return undefined;
  }
  const parts = pattern.split('/').slice(1);
  const segments = closed.map((text, index) => {
    return text === undefined ? { text: '', name: parts[index]?.slice(1) } : { text, name: undefined };
  });
  return segments.some(({ name }) => name === '__proto__') ? undefined : new PlainParams(segments);
}

function decoded(text: string): string | undefined {
  if (!text.includes('%')) {
    return text;
  }
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
