import { randomFrom } from './random.js';
import type { Estimate } from './samples.js';

const RESAMPLES = 2000;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = low] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 0 ? (low + high) / 2 : (sorted[middle] ?? Number.NaN);
}

/** A figure of paired measurements, with its bootstrap interval: the pairs are drawn again with replacement. */
export function estimatePairs<T>(pairs: readonly T[], figure: (pairs: readonly T[]) => number): Estimate {
  const random = randomFrom(42);
  const figures = Array.from({ length: RESAMPLES }, () =>
    figure(Array.from(pairs, () => pairs[Math.floor(random() * pairs.length)] as T)),
  ).toSorted((a, b) => a - b);
  const at = (q: number): number => figures[Math.floor(q * figures.length)] ?? Number.NaN;
  return { value: figure(pairs), low: at(0.025), high: at(0.975) };
}
