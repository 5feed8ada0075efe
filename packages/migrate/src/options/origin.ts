import { ts } from 'ts-morph';

import { plain } from '../project/names.js';
import type { Carrier } from './carrier.js';
import type { Read } from './config-reads.js';
import { isTrim, isTruthiness, pureText } from './expression.js';
import { listRead, noteMissing, originRead } from './origin-read.js';
import { operand, replacementOf } from './placing.js';
import { REASONS } from './reasons.js';
import { snippetOf, type Snippet } from './snippet.js';
import { isChangedElsewhere, literalValue, staticValue } from './static-value.js';

/** An `origin` of CorsModule. */
export interface OriginText {
  readonly text: Snippet;
  /** Values that it may have: all of them if it is known, one of each kind if it is configured. */
  readonly examples: readonly unknown[];
}

/** Stands for an origin that is configured. */
const SOME_ORIGIN = 'https://app.example.com';

export function originText(node: ts.Expression, carrier: Carrier): OriginText | undefined {
  const value = carrier.follow(node);
  const known = staticValue(value, carrier);
  if (known !== undefined) {
    return staticOrigin(known.value, known.text, carrier);
  }
  if (ts.isConditionalExpression(value)) {
    return conditional(value, carrier);
  }
  if (ts.isBinaryExpression(value)) {
    return withDefault(value, carrier);
  }
  const split = splitList(value, carrier);
  if (split !== undefined) {
    return listText(split, carrier);
  }
  const read = originRead(value, carrier);
  if (read !== undefined) {
    noteMissing(read, carrier);
    return { text: read.text, examples: [SOME_ORIGIN] };
  }
  const list = listOf(value, carrier);
  return list === undefined ? carrier.leave(reasonOf(value, carrier)) : originItems(list, value, node, carrier);
}

function staticOrigin(value: unknown, text: Snippet, carrier: Carrier): OriginText | undefined {
  if (value === true) {
    return { text: `'*'`, examples: ['*'] };
  }
  // What `cors` and @fastify/cors make of these differs, and is not what was meant.
  if (value === undefined || value === null || value === '') {
    return carrier.leave(REASONS.noOrigin);
  }
  if (Array.isArray(value) && value.includes('*')) {
    return carrier.leave(REASONS.wildcardInList);
  }
  if (typeof value === 'string' && value.includes('*') && value !== '*') {
    return carrier.leave(REASONS.literalPattern(value, carrier.byHand));
  }
  const pattern = Array.isArray(value)
    ? value.find((item) => typeof item === 'string' && item.includes('*'))
    : undefined;
  return pattern === undefined
    ? { text, examples: [value] }
    : carrier.leave(REASONS.literalPattern(String(pattern), carrier.byHand));
}

function conditional(node: ts.ConditionalExpression, carrier: Carrier): OriginText | undefined {
  const noted = carrier.notes.length;
  const [yes, no] = [originText(node.whenTrue, carrier), originText(node.whenFalse, carrier)];
  const condition = pureText(node.condition, carrier, 'names');
  if (condition === undefined) {
    return carrier.leave(REASONS.condition(node.condition.getText()));
  }
  if (yes === undefined || no === undefined) {
    return undefined;
  }
  // What the condition asks for is not missing where it is used.
  const guarded = carrier.notes
    .splice(noted)
    .filter((note) => !carrier.readsIn(condition).some((name) => note.includes(` ${name} is not set`)));
  carrier.notes.push(...guarded);
  const parts = [
    replacementOf(node.condition, condition),
    replacementOf(node.whenTrue, yes.text),
    replacementOf(node.whenFalse, no.text),
  ];
  return { text: snippetOf(node, parts), examples: [...yes.examples, ...no.examples] };
}

/** `process.env.ORIGIN ?? 'http://localhost:3000'`, `process.env.ORIGINS?.split(',') || []`. */
function withDefault(node: ts.BinaryExpression, carrier: Carrier): OriginText | undefined {
  const { left, right, operatorToken } = node;
  if (![ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken].includes(operatorToken.kind)) {
    return carrier.leave(reasonOf(node, carrier));
  }
  const fallback = carrier.follow(right);
  const list = splitList(left, carrier);
  if (list !== undefined && isEmptyList(fallback)) {
    return listText({ ...list, optional: true }, carrier);
  }
  const otherwise = originText(right, carrier);
  if (otherwise === undefined) {
    return undefined;
  }
  if (list !== undefined) {
    const text = `${operand(list.source)} === undefined ? ${operand(otherwise.text)} : ${originListCall(list, carrier)}`;
    return list.plain
      ? { text, examples: [SOME_ORIGIN, ...otherwise.examples] }
      : carrier.leave((carrier.inPlace ? REASONS.gatewayValue : REASONS.unknown)(node.getText()));
  }
  const read = originRead(left, carrier);
  if (read === undefined) {
    return carrier.leave(reasonOf(carrier.follow(left), carrier));
  }
  const parts = [replacementOf(left, read.text), replacementOf(right, otherwise.text)];
  return { text: snippetOf(node, parts), examples: [SOME_ORIGIN, ...otherwise.examples] };
}

function isEmptyList(node: ts.Node): boolean {
  return ts.isArrayLiteralExpression(node) && node.elements.length === 0;
}

/** A list in a string, split at its commas. */
interface SplitList {
  /** What `originList()` gets. */
  readonly source: Snippet;
  /** Whether nothing configured means no origin. */
  readonly optional: boolean;
  /** Nothing but what is configured, without a default. */
  readonly plain: Read | undefined;
  readonly examples: readonly unknown[];
}

function splitList(node: ts.Expression, carrier: Carrier): SplitList | undefined {
  const value = carrier.follow(node);
  if (!ts.isCallExpression(value) || !ts.isPropertyAccessExpression(value.expression)) {
    return undefined;
  }
  const { name, expression } = value.expression;
  const [argument] = value.arguments;
  if (
    (name.text === 'map' && argument && isTrim(argument)) ||
    (name.text === 'filter' && argument && isTruthiness(argument, carrier))
  ) {
    return splitList(expression, carrier);
  }
  const splits =
    name.text === 'split' &&
    argument !== undefined &&
    value.arguments.length === 1 &&
    /^(['"`],\s*['"`]|\/(\\s\*|\s\*)?,(\\s\*|\s\*)?\/)$/.test(argument.getText());
  return splits ? splitSource(expression, carrier) : undefined;
}

function splitSource(node: ts.Expression, carrier: Carrier): SplitList | undefined {
  const value = carrier.follow(node);
  const read = listRead(value, carrier);
  if (read !== undefined) {
    return { source: read.text, optional: false, plain: read, examples: [SOME_ORIGIN] };
  }
  if (!ts.isBinaryExpression(value)) {
    return undefined;
  }
  const left = listRead(value.left, carrier);
  const right = literalValue(plain(value.right), carrier)?.value;
  if (left === undefined || typeof right !== 'string') {
    return undefined;
  }
  if (right === '') {
    return { source: left.text, optional: true, plain: undefined, examples: [SOME_ORIGIN] };
  }
  const items = right.split(',').map((item) => item.trim());
  return {
    source: snippetOf(value, [replacementOf(value.left, left.text)]),
    optional: false,
    plain: undefined,
    examples: [SOME_ORIGIN, items],
  };
}

function listText(list: SplitList, carrier: Carrier): OriginText | undefined {
  for (const items of list.examples.filter(Array.isArray)) {
    if (staticOrigin(items, '', carrier) === undefined) {
      return undefined;
    }
  }
  if (!list.optional && list.plain) {
    noteMissing(list.plain, carrier);
  }
  return { text: originListCall(list, carrier), examples: list.examples };
}

function originListCall({ source, optional }: SplitList, carrier: Carrier): Snippet {
  carrier.usesOriginList = true;
  return optional ? `originList(${source}, { optional: true })` : `originList(${source})`;
}

/** A list that the source spells out, with configured items in it. */
interface WrittenList {
  readonly elements: readonly ts.Expression[];
  /** It is followed by `.filter(Boolean)`. */
  readonly filtered: boolean;
}

function listOf(value: ts.Expression, carrier: Carrier): WrittenList | undefined {
  const filtered =
    ts.isCallExpression(value) &&
    ts.isPropertyAccessExpression(value.expression) &&
    value.expression.name.text === 'filter' &&
    value.arguments.every((argument) => isTruthiness(argument, carrier));
  const list = filtered && ts.isPropertyAccessExpression(value.expression) ? plain(value.expression.expression) : value;
  return ts.isArrayLiteralExpression(list) ? { elements: list.elements, filtered } : undefined;
}

/** Undefined: each item that cannot be translated has left its own reason. */
function originItems(
  { elements, filtered }: WrittenList,
  value: ts.Expression,
  node: ts.Expression,
  carrier: Carrier,
): OriginText | undefined {
  const items = elements.map((element) => ({ element, item: originItem(element, carrier, filtered) }));
  if (items.some(({ item }) => item === undefined)) {
    return undefined;
  }
  const parts = items.map(({ element, item }) =>
    replacementOf(ts.isSpreadElement(element) ? element.expression : element, item?.text ?? ''),
  );
  const moved = value.getSourceFile() === node.getSourceFile() && value.pos >= node.pos && value.end <= node.end;
  const text = snippetOf(moved ? node : value, parts);
  return {
    text: !moved && isAsserted(node, carrier) ? `${text} as string[]` : text,
    examples: [items.flatMap(({ item }) => item?.examples ?? [])],
  };
}

function originItem(element: ts.Expression, carrier: Carrier, filtered: boolean): OriginText | undefined {
  if (ts.isSpreadElement(element)) {
    const list = originText(element.expression, carrier);
    const isList = list && (list.text.startsWith('originList(') || list.examples.every(Array.isArray));
    if (list === undefined || isList !== true) {
      return list && carrier.leave(unknown(element, carrier));
    }
    return { text: list.text, examples: list.examples.flat() };
  }
  const known = staticValue(element, carrier);
  if (known !== undefined) {
    return typeof known.value === 'string' || known.value === undefined || known.value === null
      ? staticOrigin(known.value, known.text, carrier)
      : carrier.leave(unknown(element, carrier));
  }
  const value = carrier.follow(element);
  if (ts.isBinaryExpression(value)) {
    return withDefault(value, carrier);
  }
  const read = originRead(value, carrier);
  if (read === undefined) {
    return carrier.leave(reasonOf(value, carrier));
  }
  if (!filtered) {
    noteMissing(read, carrier);
  }
  const cast = ts.isIdentifier(plain(element))
    ? `${read.text}${read.mayBeMissing && isAsserted(element, carrier) ? '!' : ''}`
    : snippetOf(element, [replacementOf(plain(element), read.text)]);
  return { text: cast, examples: [SOME_ORIGIN] };
}

/** Whether an assertion says that it is there, as in `const a = process.env.A!`: a list of origins cannot hold `undefined`. */
function isAsserted(node: ts.Expression, carrier: Carrier, seen = new Set<ts.Node>()): boolean {
  if (ts.isNonNullExpression(node) || ts.isAsExpression(node) || ts.isTypeAssertionExpression(node)) {
    return true;
  }
  if (ts.isParenthesizedExpression(node) || ts.isSatisfiesExpression(node)) {
    return isAsserted(node.expression, carrier, seen);
  }
  const initializer = ts.isIdentifier(node) ? carrier.constantOf(node)?.initializer : undefined;
  return initializer !== undefined && !seen.has(initializer) && isAsserted(initializer, carrier, seen.add(initializer));
}

/** What kind of value it is that cannot be translated. */
function reasonOf(node: ts.Node, carrier: Carrier): string {
  if (carrier.isShared(node)) {
    return REASONS.shared(node.getText());
  }
  if (isChangedElsewhere(node, carrier)) {
    return REASONS.changed(node.getText());
  }
  const value = ts.isIdentifier(node) ? (carrier.names.declarationOf(node) ?? node) : node;
  const shown = ts.isVariableDeclaration(value) && value.initializer ? plain(value.initializer) : value;
  if (ts.isFunctionLike(shown)) {
    return REASONS.originFunction(carrier.byHand);
  }
  if (isRegExp(shown) || (ts.isArrayLiteralExpression(shown) && shown.elements.some(isRegExp))) {
    return REASONS.regExp(carrier.byHand);
  }
  return unknown(node, carrier);
}

function unknown(node: ts.Node, carrier: Carrier): string {
  return (carrier.inPlace ? REASONS.gatewayValue : REASONS.unknown)(node.getText());
}

function isRegExp(node: ts.Node): boolean {
  return ts.isRegularExpressionLiteral(node) || (ts.isNewExpression(node) && node.expression.getText() === 'RegExp');
}
