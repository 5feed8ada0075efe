const LONGEST = 500;

/** Whether a pattern of `exclude` matches the path or a folder of it: `**` stands for folders, `*` and `?` for characters. */
export function globMatcher(folder: string, glob: string): (path: string) => boolean {
  const pattern = (glob.startsWith('/') ? glob : `${folder}/${glob.replace(/^\.\//, '')}`)
    .replace(/\/$/, '')
    .split('/');
  return glob.length > LONGEST ? () => false : (path) => matches(pattern, path.split('/'));
}

/** Keeps every place of the pattern that the path may be at: nothing is tried twice. */
function matches(pattern: readonly string[], path: readonly string[]): boolean {
  let places = withSkipped(pattern, new Set([0]));
  for (const name of path) {
    const next = new Set<number>();
    for (const place of places) {
      const part = pattern[place];
      if (part === '**') {
        next.add(place);
      } else if (part !== undefined && matchesName(part, name)) {
        next.add(place + 1);
      }
    }
    places = withSkipped(pattern, next);
    if (places.has(pattern.length)) {
      return true;
    }
  }
  return false;
}

/** `**` also stands for no folder. */
function withSkipped(pattern: readonly string[], places: Set<number>): Set<number> {
  // What is added is visited as well.
  for (const place of places) {
    if (pattern[place] === '**') {
      places.add(place + 1);
    }
  }
  return places;
}

/** Only the last `*` is ever made longer: an earlier one has nothing to gain. */
function matchesName(part: string, name: string): boolean {
  let [at, star, from] = [0, -1, 0];
  for (let index = 0; index < name.length;) {
    if (part[at] === '*') {
      [star, from] = [at, index];
      at += 1;
    } else if (at < part.length && (part[at] === '?' || part[at] === name[index])) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      from += 1;
      [at, index] = [star + 1, from];
    } else {
      return false;
    }
  }
  return /^\**$/.test(part.slice(at));
}
