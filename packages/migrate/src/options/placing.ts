import { ts } from 'ts-morph';

import type { Replacement, Snippet } from './snippet.js';

/** The text in place of the node, with parentheses where what stands around it would otherwise take it apart. */
export function replacementOf(node: ts.Node, text: Snippet): Replacement {
  return { start: node.getStart(), end: node.end, text: fitsPlaceOf(node, text) ? text : `(${text})` };
}

/** The text as a part of a larger expression. */
export function operand(text: Snippet): Snippet {
  const parsed = parse(text);
  return parsed !== undefined && isPrimary(parsed) ? text : `(${text})`;
}

function fitsPlaceOf(node: ts.Node, text: Snippet): boolean {
  const { parent } = node;
  const parsed = parse(text);
  if (parsed === undefined) {
    return false;
  }
  if (isLikeBefore(node, parsed) || isDelimited(parent, node)) {
    return true;
  }
  if (ts.isConditionalExpression(parent)) {
    return isPrimary(parsed) || ts.isBinaryExpression(parsed) || ts.isPrefixUnaryExpression(parsed);
  }
  // The rest of a chain is skipped together with its start, and 1.toString() does not parse.
  const isReceiver = ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent);
  return isPrimary(parsed) && !(isReceiver && (isChain(parsed) || ts.isNumericLiteral(parsed)));
}

function parse(text: Snippet): ts.Expression | undefined {
  const { statements } = ts.createSourceFile('expression.ts', `(${text}\n)`, ts.ScriptTarget.ESNext, true);
  const [statement, ...others] = statements;
  return statement &&
    others.length === 0 &&
    ts.isExpressionStatement(statement) &&
    ts.isParenthesizedExpression(statement.expression)
    ? statement.expression.expression
    : undefined;
}

/** What stood there binds as closely. */
function isLikeBefore(before: ts.Node, now: ts.Expression): boolean {
  if (ts.isBinaryExpression(before) && ts.isBinaryExpression(now)) {
    return before.operatorToken.kind === now.operatorToken.kind;
  }
  if (ts.isPrefixUnaryExpression(before) && ts.isPrefixUnaryExpression(now)) {
    return before.operator === now.operator;
  }
  return before.kind === now.kind;
}

/** An argument, an item, the value of a property: commas and brackets are around it. */
function isDelimited(parent: ts.Node, node: ts.Node): boolean {
  return (
    ts.isParenthesizedExpression(parent) ||
    ts.isArrayLiteralExpression(parent) ||
    ts.isSpreadElement(parent) ||
    ts.isPropertyAssignment(parent) ||
    (ts.isCallExpression(parent) && parent.expression !== node)
  );
}

function isPrimary(node: ts.Expression): boolean {
  return ts.isLeftHandSideExpression(node);
}

function isChain(node: ts.Expression): boolean {
  return (
    (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) || ts.isCallExpression(node)) &&
    (node.questionDotToken !== undefined || isChain(node.expression))
  );
}
