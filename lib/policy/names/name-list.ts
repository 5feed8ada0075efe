import type { Report } from '../mistakes/issue-data.js';
import { ownValue } from '../model/own-keys.js';

/** One item of an option that takes a list, and where it stands. */
export interface Item {
  readonly path: string;
  readonly value: unknown;
}

/**
 * The items of a list, copied, so that later changes to the user's array do not change a policy. Holes read as
 * `undefined`, which every option refuses with its own message.
 */
export function itemsOf(list: readonly unknown[], path: string): readonly Item[] {
  return Array.from({ length: list.length }, (_, index) => ({
    path: `${path}[${index}]`,
    value: ownValue(list, index),
  }));
}

/** Reports what is wrong with one name, if anything. */
export type NameRule = (name: string, path: string, report: Report) => void;

/**
 * Reads a list of names, or a string with commas between them; undefined if it is neither. Names that `rule` refuses are
 * reported.
 */
export function readNames(value: unknown, path: string, rule: NameRule, report: Report): readonly string[] | undefined {
  const list: unknown = typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value;
  if (!Array.isArray(list)) {
    report({ code: 'type', path, value, expected: 'a list of names, or the same as a comma string' });
    return undefined;
  }
  const names: string[] = [];
  for (const item of itemsOf(list, path)) {
    if (typeof item.value !== 'string') {
      report({ code: 'type', ...item, expected: 'a name, as a string' });
    } else {
      rule(item.value, item.path, report);
      names.push(item.value);
    }
  }
  return Object.freeze(names);
}
