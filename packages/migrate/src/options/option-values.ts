import type { ts } from 'ts-morph';

import type { Carrier } from './carrier.js';
import { environmentRead, type Expected } from './config-reads.js';
import { pureText } from './expression.js';
import { REASONS } from './reasons.js';
import type { Snippet } from './snippet.js';
import { staticValue, type StaticValue } from './static-value.js';

/** A value of an option; `text` is undefined where the option is left out. */
export interface OptionText {
  readonly text: Snippet | undefined;
  readonly examples: readonly unknown[];
}

const LEFT_OUT: OptionText = { text: undefined, examples: [undefined] };

/** Reads the options other than `origin`. */
export function optionText(key: string, node: ts.Expression, carrier: Carrier): OptionText | undefined {
  switch (key) {
    case 'methods':
      return names(key, node, carrier, upperCase);
    case 'allowedHeaders':
    case 'exposedHeaders':
      return names(key, node, carrier, (value) => value);
    case 'credentials':
      return configured(node, carrier, 'boolean', [true, false]);
    case 'maxAge':
      return maxAge(node, carrier);
    case 'optionsSuccessStatus':
      return configured(node, carrier, 'number', [204]);
    case 'preflightContinue':
      return staticValue(node, carrier)?.value === false ? LEFT_OUT : carrier.leave(REASONS.preflightContinue);
    case 'strictPreflight':
    case 'hideOptionsRoute':
    case 'hook':
    case 'logLevel':
      carrier.note(`${key} was removed, as it has no meaning for CorsModule`);
      return LEFT_OUT;
    case 'preflight':
      return staticValue(node, carrier)?.value === true ? LEFT_OUT : carrier.leave(REASONS.option(key));
    default:
      return carrier.leave(OWN_OPTIONS.has(key) ? REASONS.ownOption(key, carrier.byHand) : REASONS.option(key));
  }
}

/** Options of CorsModule that `cors` does not have. Who adds one here follows a message of CorsModule. */
const OWN_OPTIONS: ReadonlySet<string> = new Set([
  'bus',
  'dangerouslyAllow',
  'debug',
  'enforce',
  'originTimeout',
  'paths',
  'policies',
  'use',
]);

function names(
  key: string,
  node: ts.Expression,
  carrier: Carrier,
  change: (value: string, carrier: Carrier) => string,
): OptionText | undefined {
  const known = staticValue(node, carrier);
  if (known === undefined) {
    const text = pureText(node, carrier, 'names');
    return text === undefined ? carrier.leave(REASONS.names(key, node.getText())) : { text, examples: [['GET']] };
  }
  const { value } = known;
  if (value === undefined || value === null || value === '') {
    // `cors` echoes what is asked for, and exposes nothing; of methods it would send none.
    return key === 'methods' ? carrier.leave(REASONS.names(key, node.getText())) : LEFT_OUT;
  }
  if (Array.isArray(value) && value.length === 1 && value[0] === '*') {
    noteWildcard(key, carrier);
    return { text: `'*'`, examples: ['*'] };
  }
  if (value === '*') {
    noteWildcard(key, carrier);
  }
  const changed =
    typeof value === 'string'
      ? change(value, carrier)
      : Array.isArray(value)
        ? value.map((item: unknown) => (typeof item === 'string' ? change(item, carrier) : item))
        : value;
  if (JSON.stringify(changed) === JSON.stringify(value)) {
    return { text: known.text, examples: [value] };
  }
  return {
    text: withChangedStrings(known.text, (text) => change(text, carrier)) ?? quoted(changed),
    examples: [changed],
  };
}

function noteWildcard(key: string, carrier: Carrier): void {
  if (key === 'allowedHeaders') {
    carrier.note(
      `allowedHeaders: '*' now also allows Authorization, which browsers do not take the * of a response for`,
    );
  }
}

function upperCase(value: string, carrier: Carrier): string {
  const upper = value.toUpperCase();
  // These are allowed anyway, and browsers turn put and delete into capitals on their side alone.
  const opened = upper
    .split(',')
    .filter((name) => !value.includes(name) && !['GET', 'HEAD', 'POST', 'OPTIONS'].includes(name.trim()));
  if (opened.length > 0) {
    carrier.note(
      `methods in lower case allowed nothing, as browsers compare letter by letter; now they allow ${opened.join(', ')}`,
    );
  }
  return upper;
}

/** The same text, with the contents of its strings changed. Undefined: it names constants. */
function withChangedStrings(text: Snippet, change: (value: string) => string): Snippet | undefined {
  const code = text.replaceAll(/(['"`])(?:(?!\1)[^\\\n])*\1/g, '').replaceAll(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, '');
  return /[\w$]/.test(code)
    ? undefined
    : text.replaceAll(
        /(['"`])((?:(?!\1)[^\\\n])*)\1/g,
        (_, quote: string, inner: string) => `${quote}${change(inner)}${quote}`,
      );
}

function quoted(value: unknown): Snippet {
  return Array.isArray(value) ? `[${value.map((item) => `'${String(item)}'`).join(', ')}]` : `'${String(value)}'`;
}

function maxAge(node: ts.Expression, carrier: Carrier): OptionText | undefined {
  const known = staticValue(node, carrier);
  if (known === undefined) {
    return configured(node, carrier, 'number', [600]);
  }
  if (known.value === undefined || known.value === null || known.value === '') {
    return LEFT_OUT;
  }
  const seconds = typeof known.value === 'string' && /^\d+$/.test(known.value) ? Number(known.value) : known.value;
  if (typeof seconds === 'number' && seconds > 86_400) {
    carrier.note(
      `maxAge is 86400 now instead of ${seconds}: no browser keeps the answer to a preflight for longer than a day`,
    );
    return { text: '86400', examples: [86_400] };
  }
  return { text: typeof seconds === 'number' ? changedNumber(known, seconds) : known.text, examples: [seconds] };
}

function changedNumber({ value, text }: StaticValue, number: number): Snippet {
  return value === number ? text : `${number}`;
}

function configured(
  node: ts.Expression,
  carrier: Carrier,
  expected: Expected,
  examples: readonly unknown[],
): OptionText | undefined {
  const known = staticValue(node, carrier);
  if (known !== undefined) {
    return known.value === undefined || known.value === null ? LEFT_OUT : { text: known.text, examples: [known.value] };
  }
  const text = pureText(node, carrier, expected);
  if (text === undefined) {
    return carrier.leave(REASONS.unknown(node.getText()));
  }
  // A variable is text, which is not true, nor a number.
  return { text, examples: environmentRead(node, carrier) === undefined ? examples : examples.slice(0, 1).map(String) };
}
