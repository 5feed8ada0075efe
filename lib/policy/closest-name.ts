const LONGEST = 64;

/**
 * The name that was probably meant, for "did you mean": the one that differs in nothing but case, the one contained in what was
 * written (`maxAgeSeconds`), else the nearest by edits, if that is near enough to be a slip rather than another word.
 */
export function closestName<Name extends string>(written: string, names: Iterable<Name>): Name | undefined {
  if (written.length > LONGEST) return undefined;
  const lower = written.toLowerCase();
  let best: Name | undefined;
  let bestDistance = Math.max(2, Math.floor(lower.length / 3)) + 1;
  for (const name of names) {
    const distance = lower.includes(name.toLowerCase())
      ? lower.length - name.length - LONGEST
      : editDistance(lower, name.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

/** Levenshtein's distance, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = at(row, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, at(row, j) + 1, at(next, j - 1) + 1));
    }
    row = next;
  }
  return at(row, to.length);
}

/** Every index asked for exists; the type system cannot know. */
function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
