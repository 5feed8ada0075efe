import { ts } from 'ts-morph';

import type { Carrier } from './carrier.js';
import { readOf, type Expected } from './config-reads.js';
import { replacementOf } from './placing.js';
import { snippetOf, type Replacement, type Snippet } from './snippet.js';
import { staticValue } from './static-value.js';

const OPERATORS = new Set([
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.QuestionQuestionToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.AsteriskToken,
]);

const FUNCTIONS = ['Number', 'Boolean', 'String', 'parseInt', 'parseFloat'];
const METHODS = new Set(['split', 'trim', 'toLowerCase', 'includes', 'startsWith', 'endsWith']);

/**
 * The text of an expression that only compares and converts what is configured, and so may be evaluated elsewhere. Undefined:
 * it does more, or uses names that cannot move.
 */
export function pureText(node: ts.Expression, carrier: Carrier, expected: Expected): Snippet | undefined {
  const followed = carrier.follow(node);
  const known = ts.isIdentifier(followed) || !isCompound(followed) ? staticValue(followed, carrier) : undefined;
  const text = known?.text ?? readOf(followed, carrier, expected)?.text ?? compound(followed, carrier, expected);
  if (text === undefined) {
    return undefined;
  }
  const moved =
    followed.getSourceFile() === node.getSourceFile() && followed.pos >= node.pos && followed.end <= node.end;
  // Casts and parentheses around it stay.
  return moved ? snippetOf(node, [replacementOf(followed, text)]) : text;
}

function compound(node: ts.Expression, carrier: Carrier, expected: Expected): Snippet | undefined {
  const parts = partsOf(node, carrier);
  if (parts === undefined) {
    return undefined;
  }
  const replacements: Replacement[] = [];
  for (const part of parts) {
    const text = pureText(part, carrier, expected);
    if (text === undefined) {
      return undefined;
    }
    replacements.push(replacementOf(part, text));
  }
  return snippetOf(node, replacements);
}

function isCompound(node: ts.Node): boolean {
  return ts.isBinaryExpression(node) || ts.isConditionalExpression(node) || ts.isPrefixUnaryExpression(node);
}

function partsOf(node: ts.Expression, carrier: Carrier): readonly ts.Expression[] | undefined {
  if (ts.isBinaryExpression(node)) {
    return OPERATORS.has(node.operatorToken.kind) ? [node.left, node.right] : undefined;
  }
  if (ts.isPrefixUnaryExpression(node)) {
    const keeps = [ts.SyntaxKind.ExclamationToken, ts.SyntaxKind.PlusToken, ts.SyntaxKind.MinusToken].includes(
      node.operator,
    );
    return keeps ? [node.operand] : undefined;
  }
  if (ts.isConditionalExpression(node)) {
    return [node.condition, node.whenTrue, node.whenFalse];
  }
  if (ts.isArrayLiteralExpression(node)) {
    return node.elements.some(ts.isSpreadElement) ? undefined : node.elements;
  }
  return ts.isCallExpression(node) ? partsOfCall(node, carrier) : undefined;
}

function partsOfCall(
  { expression, arguments: given }: ts.CallExpression,
  carrier: Carrier,
): readonly ts.Expression[] | undefined {
  if (ts.isIdentifier(expression)) {
    return carrier.isGlobal(expression, ...FUNCTIONS) ? given : undefined;
  }
  if (!ts.isPropertyAccessExpression(expression)) {
    return undefined;
  }
  const cleans =
    expression.name.text === 'map'
      ? given.every(isTrim)
      : expression.name.text === 'filter' && given.every((argument) => isTruthiness(argument, carrier));
  if (cleans && given.length === 1) {
    return [expression.expression];
  }
  return METHODS.has(expression.name.text) ? [expression.expression, ...given] : undefined;
}

/** `(item) => item.trim()`. */
export function isTrim(node: ts.Node): boolean {
  return /^\(?\s*(\w+)(\s*:\s*string)?\s*\)?\s*=>\s*\1\??\.trim\(\)$/.test(node.getText());
}

/** `Boolean`, `(item) => item`, `(item) => !!item`. */
export function isTruthiness(node: ts.Node, carrier: Carrier): boolean {
  const tests = /^(Boolean|\(?\s*(\w+)(\s*:\s*string)?\s*\)?(\s*:\s*\w+ is string)?\s*=>\s*(!!|Boolean\()?\2\)?)$/.test(
    node.getText(),
  );
  const called = ts.isArrowFunction(node) && ts.isCallExpression(node.body) ? node.body.expression : node;
  return tests && (!ts.isIdentifier(called) || carrier.isGlobal(called, 'Boolean'));
}
