import { ts } from 'ts-morph';

/**
 * Whether nothing decides between the two nodes: no `if`, loop, `try` or function around the first that is not around the
 * second as well, and nothing between them that may leave.
 *
 * @param beside - undefined: the function around the first one.
 */
export function isAlwaysReached(node: ts.Node, beside: ts.Node | undefined): boolean {
  let child = node;
  for (let parent = node.parent; parent !== undefined; child = parent, parent = parent.parent) {
    if (isLeftBefore(child, parent, beside)) {
      return false;
    }
    if (beside !== undefined && (parent === beside || isWithin(beside, parent)) && !decides(parent, child)) {
      return !outlivesTry(beside, parent);
    }
    if (ts.isFunctionLike(parent) || ts.isSourceFile(parent)) {
      return !isGenerator(parent) && (beside === undefined || isWithin(beside, parent));
    }
    if (decides(parent, child)) {
      return false;
    }
  }
  return false;
}

function isWithin(node: ts.Node, outer: ts.Node): boolean {
  return node.getSourceFile() === outer.getSourceFile() && node.pos >= outer.pos && node.end <= outer.end;
}

function decides(parent: ts.Node, child: ts.Node): boolean {
  if (ts.isIfStatement(parent) || ts.isConditionalExpression(parent)) {
    return child !== parent.getChildAt(0) && !(ts.isIfStatement(parent) && child === parent.expression);
  }
  return (
    ts.isIterationStatement(parent, false) ||
    ts.isCaseOrDefaultClause(parent) ||
    ts.isTryStatement(parent) ||
    ts.isCatchClause(parent) ||
    (ts.isBinaryExpression(parent) && parent.right === child && LOGICAL.has(parent.operatorToken.kind))
  );
}

const LOGICAL = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
]);

/** Calling a generator runs none of it. */
function isGenerator(node: ts.Node): boolean {
  return (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node)) && node.asteriskToken !== undefined;
}

/** Whether an earlier statement may leave. Before the second node it would leave both out. */
function isLeftBefore(child: ts.Node, parent: ts.Node, beside: ts.Node | undefined): boolean {
  if (
    !ts.isBlock(parent) &&
    !ts.isSourceFile(parent) &&
    !ts.isModuleBlock(parent) &&
    !ts.isCaseOrDefaultClause(parent)
  ) {
    return false;
  }
  const from = beside !== undefined && isWithin(beside, parent) ? beside.pos : parent.pos;
  return parent.statements.some(
    (statement) => statement.end > from && statement.end <= child.pos && mayLeave(statement),
  );
}

/** A statement with a `return`, a `throw` or a jump out of it, outside of functions of its own. */
function mayLeave(statement: ts.Statement): boolean {
  let leaves = false;
  const visit = (node: ts.Node, inLoop: boolean, inSwitch: boolean): void => {
    if (ts.isFunctionLike(node)) {
      return;
    }
    if (ts.isBreakStatement(node) || ts.isContinueStatement(node)) {
      leaves ||= node.label !== undefined || !(inLoop || (inSwitch && ts.isBreakStatement(node)));
    }
    leaves ||= ts.isReturnStatement(node) || ts.isThrowStatement(node);
    const loops = inLoop || ts.isIterationStatement(node, false);
    const switches = inSwitch || ts.isSwitchStatement(node);
    ts.forEachChild(node, (child) => visit(child, loops, switches));
  };
  visit(statement, false, false);
  return leaves;
}

/** Whether the application is used after a `try` around both nodes, where an error may have come between them. */
function outlivesTry(beside: ts.Node, around: ts.Node): boolean {
  for (let node = around; node !== undefined && !ts.isFunctionLike(node); node = node.parent) {
    if (ts.isTryStatement(node)) {
      return !isOfItsBlock(beside);
    }
  }
  return false;
}

/** `const app = …`, or the parameter of a callback: it has no name outside of its block. */
function isOfItsBlock(node: ts.Node): boolean {
  if (ts.isVariableDeclaration(node)) {
    return (node.parent.flags & ts.NodeFlags.BlockScoped) !== 0;
  }
  const passes =
    ts.isAwaitExpression(node.parent) || ts.isParenthesizedExpression(node.parent) || ts.isAsExpression(node.parent);
  return ts.isFunctionLike(node) || ((passes || ts.isVariableDeclaration(node.parent)) && isOfItsBlock(node.parent));
}
