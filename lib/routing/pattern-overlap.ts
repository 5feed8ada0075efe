import type { PatternSegments } from './path-pattern.js';

/** False only where no pathname matches both patterns. */
export function mayOverlap(one: PatternSegments, other: PatternSegments): boolean {
  const difference = one.closed.length - other.closed.length;
  if ((difference < 0 && !one.open) || (difference > 0 && !other.open)) {
    return false;
  }
  return one.closed.every((text, index) => {
    const otherText = other.closed[index];
    return text === undefined || otherText === undefined || text === otherText;
  });
}

/** True only where every pathname that matches one pattern matches the other: they differ in the names of parameters at most. */
export function areAlike(one: PatternSegments, other: PatternSegments): boolean {
  return (
    one.certain &&
    other.certain &&
    !one.open &&
    !other.open &&
    one.closed.length === other.closed.length &&
    one.closed.every((text, index) => text === other.closed[index])
  );
}
