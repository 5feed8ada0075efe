import type { PatternSegments } from './path-pattern.js';

/** The settings of Fastify's router that change how a pattern is read. */
export interface FastifyPatternSettings {
  readonly caseSensitive?: boolean | undefined;
  readonly ignoreTrailingSlash?: boolean | undefined;
  readonly ignoreDuplicateSlashes?: boolean | undefined;
}

const ANYTHING: PatternSegments = Object.freeze({ closed: Object.freeze([]), open: true, certain: false });
/** A parameter that fills a segment. */
const WHOLE_PARAMETER = /^:\w+$/;

/**
 * The segments of a pattern in find-my-way's syntax. Other syntax than text and whole parameters (a wildcard, an expression,
 * an optional parameter) leaves the rest of the pattern open.
 */
export function readFastifyPattern(url: string, settings: FastifyPatternSettings): PatternSegments {
  if (!url.startsWith('/')) {
    return ANYTHING;
  }
  const joined = settings.ignoreDuplicateSlashes === true ? url.replaceAll(/\/+/g, '/') : url;
  const trimmed = settings.ignoreTrailingSlash === true && joined !== '/' ? joined.replace(/\/$/, '') : joined;
  const closed: (string | undefined)[] = [];
  for (const segment of trimmed.split('/').slice(1)) {
    if (WHOLE_PARAMETER.test(segment)) {
      closed.push(undefined);
    } else if (/[:*(?]/.test(segment)) {
      return { closed, open: true, certain: false };
    } else {
      closed.push(settings.caseSensitive === false ? segment.toLowerCase() : segment);
    }
  }
  return { closed, open: false, certain: true };
}
