const LONGEST = 64;

/** A shorter name is in many words by chance. */
const SHORTEST_PART = 3;

/**
 * The name that was probably meant, for "did you mean": the one that differs in nothing but case, the one contained in
 * what was written (`maxAgeSeconds`), else the nearest by edits, if that is near enough to be a slip rather than
 * another word.
 */
export function closestName<Name extends string>(written: string, names: Iterable<Name>): Name | undefined {
  if (written.length > LONGEST) {
    return undefined;
  }
  const lower = written.toLowerCase();
  let best: Name | undefined;
  let bestDistance = Math.max(2, Math.floor(lower.length / 3)) + 1;
  for (const name of names) {
    const isPart = name.length >= SHORTEST_PART && lower.includes(name.toLowerCase());
    const distance = isPart ? lower.length - name.length - LONGEST : editDistance(lower, name.toLowerCase());
    if (distance < bestDistance) {
      [best, bestDistance] = [name, distance];
    }
  }
  return best;
}

/** Levenshtein's distance, one row of the table at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  let distance = to.length;
  for (const [i, character] of Array.from(from).entries()) {
    let diagonal = i;
    row = row.map((above, j) => {
      const replaced = diagonal + (to[j - 1] === character ? 0 : 1);
      distance = j === 0 ? i + 1 : Math.min(replaced, above + 1, distance + 1);
      diagonal = above;
      return distance;
    });
  }
  return distance;
}
