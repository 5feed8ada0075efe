import { ts } from 'ts-morph';

import { propertyOf } from '../project/entries.js';
import { plain } from '../project/names.js';
import { isExported, type Carrier } from './carrier.js';
import { snippetOf, type Replacement, type Snippet } from './snippet.js';

/** A value that is known without running anything, and how it is written where it goes. */
export interface StaticValue {
  readonly value: unknown;
  readonly text: Snippet;
}

/** Undefined: it is only known when the application runs. */
export function staticValue(node: ts.Expression, carrier: Carrier): StaticValue | undefined {
  const value = carrier.follow(node);
  const literal = literalValue(value, carrier);
  if (literal !== undefined) {
    return { value: literal.value, text: snippetOf(value) };
  }
  if (ts.isArrayLiteralExpression(value)) {
    return staticList(value, carrier);
  }
  return ts.isIdentifier(value) || ts.isPropertyAccessExpression(value) ? constantElsewhere(value, carrier) : undefined;
}

/** `{ value }`, as `undefined` and `null` are values as well. */
export function literalValue(node: ts.Node, carrier: Carrier): { readonly value: unknown } | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
    return { value: node.text };
  }
  if (ts.isNumericLiteral(node)) {
    return { value: Number(node.text.replaceAll('_', '')) };
  }
  if (
    ts.isPrefixUnaryExpression(node) &&
    node.operator === ts.SyntaxKind.MinusToken &&
    ts.isNumericLiteral(node.operand)
  ) {
    return { value: -Number(node.operand.text) };
  }
  if (ts.isBinaryExpression(node)) {
    return product(node, carrier);
  }
  if (KEYWORDS.has(node.kind)) {
    return { value: KEYWORDS.get(node.kind) };
  }
  return carrier.isGlobal(node, 'undefined') ? { value: undefined } : undefined;
}

const KEYWORDS: ReadonlyMap<ts.SyntaxKind, unknown> = new Map<ts.SyntaxKind, unknown>([
  [ts.SyntaxKind.TrueKeyword, true],
  [ts.SyntaxKind.FalseKeyword, false],
  [ts.SyntaxKind.NullKeyword, null],
]);

/** `24 * 60 * 60`. */
function product(node: ts.BinaryExpression, carrier: Carrier): { readonly value: number } | undefined {
  const [left, right] = [node.left, node.right].map((side) => literalValue(plain(side), carrier)?.value);
  const known =
    node.operatorToken.kind === ts.SyntaxKind.AsteriskToken && typeof left === 'number' && typeof right === 'number';
  return known ? { value: left * right } : undefined;
}

function staticList(list: ts.ArrayLiteralExpression, carrier: Carrier): StaticValue | undefined {
  const values: unknown[] = [];
  const replacements: Replacement[] = [];
  for (const element of list.elements) {
    const spread = ts.isSpreadElement(element);
    const item = staticValue(spread ? element.expression : element, carrier);
    if (item === undefined || (spread && !Array.isArray(item.value))) {
      return undefined;
    }
    values.push(...(spread && Array.isArray(item.value) ? item.value : [item.value]));
    const text = spread ? `...${item.text}` : item.text;
    replacements.push({
      start: element.getStart(),
      end: element.end,
      text: text.replace(/^\.\.\.\[([^\n]*?[^\s,]),?\s*\]$/, '$1'),
    });
  }
  return { value: values, text: snippetOf(list, replacements) };
}

/** `ORIGINS`, `environment.cors.origins`: exported constants of the application, whose text says what they are. */
function constantElsewhere(
  node: ts.Identifier | ts.PropertyAccessExpression,
  carrier: Carrier,
): StaticValue | undefined {
  const { root, declaration, initializer } = constantAt(node, carrier) ?? {};
  const value = initializer && literalTree(initializer, carrier);
  if (root === undefined || declaration === undefined || initializer === undefined || value === undefined) {
    return undefined;
  }
  const local = declaration.getSourceFile() === carrier.within.getSourceFile();
  if (local && !carrier.inPlace) {
    if (carrier.isShared(root)) {
      return undefined;
    }
    carrier.follows.add(declaration);
    return { value: value.value, text: snippetOf(initializer) };
  }
  const isThere = local || isExported(declaration);
  return isThere && carrier.carry(root) ? { value: value.value, text: snippetOf(node) } : undefined;
}

/** `corsOptions`, `config.cors`: the literal that an exported constant of another file is. */
export function objectElsewhere(node: ts.Expression, carrier: Carrier): ts.ObjectLiteralExpression | undefined {
  const found = ts.isIdentifier(node) || ts.isPropertyAccessExpression(node) ? constantAt(node, carrier) : undefined;
  if (found === undefined || carrier.inPlace || !ts.isObjectLiteralExpression(found.initializer)) {
    return undefined;
  }
  return found.declaration.getSourceFile() === carrier.within.getSourceFile() ? undefined : found.initializer;
}

interface Constant {
  readonly root: ts.Identifier;
  readonly declaration: ts.VariableDeclaration;
  readonly initializer: ts.Node;
}

/** Whether it is a constant, or a property of one, that other code changes. */
export function isChangedElsewhere(node: ts.Node, carrier: Carrier): boolean {
  const [root, ...keys] = pathOf(node);
  const declaration = root && carrier.constantOf(root);
  return declaration !== undefined && carrier.isChanged(declaration, keys);
}

/** What a constant, or a property of one, is initialized with. */
function constantAt(node: ts.Identifier | ts.PropertyAccessExpression, carrier: Carrier): Constant | undefined {
  const [root, ...keys] = pathOf(node);
  const declaration = root && carrier.constantOf(root);
  if (root === undefined || declaration?.initializer === undefined) {
    return undefined;
  }
  let initializer = plain(declaration.initializer);
  for (const key of keys) {
    const property =
      ts.isObjectLiteralExpression(initializer) && !hasSpread(initializer) ? propertyOf(initializer, key) : undefined;
    if (property === undefined || !ts.isPropertyAssignment(property)) {
      return undefined;
    }
    initializer = plain(property.initializer);
  }
  if (carrier.isChanged(declaration, keys)) {
    return undefined;
  }
  return { root, declaration, initializer };
}

function pathOf(node: ts.Node): [ts.Identifier, ...string[]] | [] {
  if (ts.isIdentifier(node)) {
    return [node];
  }
  if (!ts.isPropertyAccessExpression(node)) {
    return [];
  }
  const [root, ...keys] = pathOf(plain(node.expression));
  return root === undefined ? [] : [root, ...keys, node.name.text];
}

function hasSpread(object: ts.ObjectLiteralExpression): boolean {
  return object.properties.some(
    (property) =>
      ts.isSpreadAssignment(property) || property.name === undefined || ts.isComputedPropertyName(property.name),
  );
}

/** A literal, or a list of literals. */
function literalTree(node: ts.Node, carrier: Carrier): { readonly value: unknown } | undefined {
  if (!ts.isArrayLiteralExpression(node)) {
    return literalValue(node, carrier);
  }
  const items = node.elements.map((element) => literalValue(plain(element), carrier));
  return items.every((item) => item !== undefined) ? { value: items.map((item) => item.value) } : undefined;
}
