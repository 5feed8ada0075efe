import { ts } from 'ts-morph';

import { textOfName } from '../project/entries.js';
import { plain } from '../project/names.js';
import type { Carrier } from './carrier.js';
import { mistakesIn, type Options } from './check.js';
import { optionText } from './option-values.js';
import { originText } from './origin.js';
import { REASONS } from './reasons.js';
import { isChangedElsewhere, objectElsewhere } from './static-value.js';
import { lineStart, nextLine, snippetBetween, type Replacement, type Snippet } from './snippet.js';

/** The options of CorsModule, or of `@Cors`, as an object literal. */
export interface Translation {
  /** `undefined`: it does not fit one line in the source either. */
  readonly oneLine: Snippet | undefined;
  readonly lines: Snippet;
  /** Every combination of values that has to be checked. */
  readonly examples: readonly Options[];
  readonly hasMethods: boolean;
}

/** What has no effect on a gateway. */
const NOT_FOR_GATEWAYS = new Set(['methods', 'exposedHeaders', 'optionsSuccessStatus', 'preflightContinue']);

export interface TranslateOptions {
  readonly gateway: boolean;
  /** Written first, if the options do not say it: what the class would inherit otherwise. */
  readonly unlessGiven?: Readonly<Record<string, readonly [text: Snippet, value: unknown]>>;
}

/** Undefined: the carrier has the reasons. */
export function translate(
  options: ts.Expression | undefined,
  carrier: Carrier,
  { gateway, unlessGiven = {} }: TranslateOptions,
): Translation | undefined {
  const followed = options && carrier.follow(options);
  const copied = followed && objectElsewhere(followed, carrier);
  if (copied !== undefined && followed !== undefined) {
    carrier.note(`${followed.getText()} was copied; remove it where it is written, if nothing else uses it`);
  }
  const value = copied ?? followed;
  if (value === undefined || carrier.isGlobal(value, 'undefined')) {
    return assemble(undefined, new Map(), unlessGiven, carrier);
  }
  if (!ts.isObjectLiteralExpression(value)) {
    return carrier.leave(reasonOf(value, carrier));
  }
  const values = new Map<ts.ObjectLiteralElementLike, OptionValue>();
  for (const property of value.properties) {
    const key = property.name && textOfName(property.name);
    const given = ts.isShorthandPropertyAssignment(property)
      ? property.name
      : ts.isPropertyAssignment(property)
        ? property.initializer
        : undefined;
    const isFunction = ts.isMethodDeclaration(property) && key === 'origin';
    if (key === undefined || given === undefined) {
      carrier.leave(
        isFunction ? REASONS.originFunction(carrier.byHand) : key === 'delegator' ? REASONS.delegate : REASONS.spread,
      );
      continue;
    }
    const translated =
      gateway && NOT_FOR_GATEWAYS.has(key) ? dropped(key, carrier) : translatedValue(key, given, carrier);
    if (translated !== undefined) {
      values.set(property, { key, given, shorthand: given === property.name, ...translated });
    }
  }
  return carrier.reasons.length > 0 ? undefined : assemble(value, values, unlessGiven, carrier);
}

interface OptionValue {
  readonly key: string;
  readonly given: ts.Expression;
  readonly shorthand: boolean;
  readonly text: Snippet | undefined;
  readonly examples: readonly unknown[];
}

function translatedValue(
  key: string,
  given: ts.Expression,
  carrier: Carrier,
): Pick<OptionValue, 'text' | 'examples'> | undefined {
  if (key === 'delegator') {
    return carrier.leave(REASONS.delegate);
  }
  return key === 'origin' ? originText(given, carrier) : optionText(key, given, carrier);
}

function dropped(key: string, carrier: Carrier): Pick<OptionValue, 'text' | 'examples'> {
  carrier.note(`${key} was removed, as it has no effect on a gateway`);
  return { text: undefined, examples: [undefined] };
}

function assemble(
  object: ts.ObjectLiteralExpression | undefined,
  values: ReadonlyMap<ts.ObjectLiteralElementLike, OptionValue>,
  unlessGiven: NonNullable<TranslateOptions['unlessGiven']>,
  carrier: Carrier,
): Translation | undefined {
  const given = [...values.values()];
  const has = (key: string): boolean => given.some((value) => value.key === key);
  const first = has('origin') ? [] : [{ key: 'origin', text: `'*'`, value: '*' }];
  const last = Object.entries(unlessGiven).flatMap(([key, [text, value]]) => (has(key) ? [] : [{ key, text, value }]));
  const examples = combinations([
    ...[...first, ...last].map(({ key, value }): [string, readonly unknown[]] => [key, [value]]),
    ...given.map(({ key, examples }): [string, readonly unknown[]] => [key, examples]),
  ]);
  if (!isSafe(examples, carrier)) {
    return undefined;
  }
  const kept = given.filter(({ text }) => text !== undefined);
  const line = [
    ...first.map(({ key, text }) => `${key}: ${text}`),
    ...kept.map(({ key, text }) => `${key}: ${text}`),
    ...last.map(({ key, text }) => `${key}: ${text}`),
  ];
  const original = object && spreadOut(object, values, first, last);
  // What was spread over lines for the options that are left out need not be.
  const shrinks = line.length === 1 && kept.length < given.length && !/\/[/*]/.test(object?.getText() ?? '');
  const isShort = (original === undefined || shrinks) && line.every((each) => !each.includes('\n'));
  return {
    oneLine: isShort ? `{ ${line.join(', ')} }` : undefined,
    lines: original ?? `{\n${line.map((each) => `\t${each.replaceAll('\n', '\n\t')},\n`).join('')}}`,
    examples,
    hasMethods: has('methods'),
  };
}

/** Whether CorsModule takes every combination. */
function isSafe(examples: readonly Options[], carrier: Carrier): boolean {
  for (const example of examples) {
    if (example['origin'] === '*' && example['credentials'] === true) {
      carrier.leave(REASONS.credentialsWithAny);
      return false;
    }
    for (const mistake of mistakesIn(example)) {
      carrier.leave(REASONS.mistake(mistake, carrier.byHand));
    }
  }
  return carrier.reasons.length === 0;
}

function combinations(values: readonly (readonly [string, readonly unknown[]])[]): Options[] {
  let all: Record<string, unknown>[] = [{}];
  for (const [key, examples] of values) {
    all = examples
      .slice(0, 8)
      .flatMap((value) => all.map((one) => (value === undefined ? one : { ...one, [key]: value })));
  }
  return all;
}

/** The object as it is written, over several lines, with its comments. Undefined: it stands on one line. */
function spreadOut(
  object: ts.ObjectLiteralExpression,
  values: ReadonlyMap<ts.ObjectLiteralElementLike, OptionValue>,
  first: readonly { key: string; text: Snippet }[],
  last: readonly { key: string; text: Snippet }[],
): Snippet | undefined {
  const { text } = object.getSourceFile();
  const start = object.getStart();
  const [opening] = object.properties;
  if (opening === undefined || lineStart(text, opening.getStart()) <= start) {
    return undefined;
  }
  const replacements: RemovedLine[] = [];
  for (const [property, value] of values) {
    if (value.text === undefined) {
      replacements.push({ ...lineOf(property), text: '' });
    } else {
      const text =
        value.text +
        (value.key === 'origin'
          ? added(last)
              .map((line) => `,\n${line}`)
              .join('')
          : '');
      const whole = { start: property.getStart(), end: property.end, text: `${value.key}: ${text}` };
      replacements.push(value.shorthand ? whole : { start: value.given.getStart(), end: value.given.end, text });
    }
  }
  const opened = first.length === 0 ? [] : added([...first, ...last]).map((line) => `${line},\n`);
  // In front of the comments of the first property.
  const at = nextLine(text, start) + (/^\s*/.exec(text.slice(nextLine(text, start)))?.[0].length ?? 0);
  const before: Replacement[] = opened.length > 0 ? [{ start: at, end: at, text: opened.join('') }] : [];
  return snippetBetween(text, start, object.end, merge(before, replacements));
}

function added(options: readonly { key: string; text: Snippet }[]): Snippet[] {
  return options.map(({ key, text }) => `${key}: ${text}`);
}

/** What is inserted goes in front of what is replaced at the same place. */
function merge(before: readonly Replacement[], replacements: readonly RemovedLine[]): Replacement[] {
  const [insertion] = before;
  const removed =
    insertion &&
    replacements.find(({ start, end, text }) => text === '' && start <= insertion.start && end > insertion.start);
  if (insertion === undefined || removed === undefined) {
    return [...before, ...replacements];
  }
  // The first property goes: what is inserted takes its line.
  const text = insertion.text.replace(/\n$/, '');
  return replacements.map((each) =>
    each === removed ? { start: insertion.start, end: removed.lineEnd ?? removed.end, text } : each,
  );
}

interface RemovedLine extends Replacement {
  /** Where its line ends, without the line break. */
  readonly lineEnd?: number;
}

/** The whole lines of a property, with its comments and its comma. */
function lineOf(property: ts.ObjectLiteralElementLike): { start: number; end: number; lineEnd?: number } {
  const { text } = property.getSourceFile();
  const [comment] = (ts.getLeadingCommentRanges(text, property.pos) ?? []).filter(({ pos }) =>
    text.slice(property.pos, pos).includes('\n'),
  );
  const start = comment?.pos ?? property.getStart();
  const alone = text.slice(lineStart(text, start), start).trim() === '';
  const end = nextLine(text, property.end);
  const rest = text.slice(property.end, end).replace(/^\s*,/, '').trim();
  if (alone && (rest === '' || rest.startsWith('//'))) {
    return {
      start: lineStart(text, start),
      end,
      lineEnd: end - (/\r?\n$/.exec(text.slice(start, end))?.[0].length ?? 0),
    };
  }
  const comma = /^\s*,[ \t]*/.exec(text.slice(property.end))?.[0].length ?? 0;
  return { start, end: property.end + comma };
}

function reasonOf(node: ts.Node, carrier: Carrier): string {
  if (carrier.isShared(node)) {
    return REASONS.shared(node.getText());
  }
  if (isChangedElsewhere(node, carrier)) {
    return REASONS.changed(node.getText());
  }
  const declaration = ts.isIdentifier(node) ? carrier.names.declarationOf(node) : undefined;
  const value =
    declaration && ts.isVariableDeclaration(declaration) && declaration.initializer
      ? plain(declaration.initializer)
      : (declaration ?? node);
  return ts.isFunctionLike(value)
    ? REASONS.delegate
    : (carrier.inPlace ? REASONS.gatewayValue : REASONS.unknown)(node.getText());
}
