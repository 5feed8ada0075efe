import type { ts } from 'ts-morph';

import type { Carrier } from './carrier.js';
import { readOf, type Read } from './config-reads.js';

export function originRead(node: ts.Expression, carrier: Carrier): Read | undefined {
  const read = readOf(node, carrier, 'origin');
  if (read !== undefined) {
    carrier.note(
      `a * in ${read.name}, as in https://*.example.com, is a pattern now, and alone in a list every origin; until now it was compared letter by letter and matched no page`,
    );
  }
  return read;
}

export function noteMissing({ name, mayBeMissing }: Read, carrier: Carrier): void {
  if (mayBeMissing) {
    carrier.note(
      `the application does not start while ${name} is not set; until now it started, and other origins were not allowed`,
    );
  }
}

/** `originList()` is kinder than `split()`. */
export function listRead(node: ts.Expression, carrier: Carrier): Read | undefined {
  const read = originRead(node, carrier);
  if (read !== undefined) {
    carrier.note(`blanks around the commas in ${read.name} do not count now; until now such an origin matched no page`);
  }
  return read;
}
