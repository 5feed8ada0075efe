import { ts } from 'ts-morph';

import { plain, type Names } from './names.js';

/** A key that is not written out may be any. */
type Keys = readonly (string | undefined)[];

const LISTS = new Set(['push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse', 'fill', 'copyWithin']);
/** Of `Object`, `Reflect`, lodash and the like: they change their first argument. */
const CHANGING =
  /^(assign|assignIn|extend|set|unset|merge|mergeWith|defaults|defaultsDeep|deleteProperty|(define|__define)\w+)$/;
const MOST_STEPS = 10;

/** What the code of any file changes after it was made: `options.origin = …`, `ORIGINS.push(…)`, `Object.assign(options, …)`. */
export class Changes {
  #byDeclaration: Map<ts.Node, Keys[]> | undefined;
  /** Parameters that their function changes: what its callers pass is changed. */
  readonly #parameters: { readonly parameter: ts.ParameterDeclaration; readonly keys: Keys; readonly steps: number }[] =
    [];

  constructor(
    private readonly files: readonly ts.SourceFile[],
    private readonly names: Names,
  ) {}

  /** Whether a constant is changed at, above or below these keys: its initializer does not say what it is then. */
  isChanged(declaration: ts.Node, keys: Keys): boolean {
    this.#byDeclaration ??= this.#collect();
    const changed = this.#byDeclaration.get(declaration) ?? [];
    return changed.some((path) => path.every((key, at) => at >= keys.length || key === undefined || key === keys[at]));
  }

  #collect(): Map<ts.Node, Keys[]> {
    const found = new Map<ts.Node, Keys[]>();
    const calls: ts.CallExpression[] = [];
    const visit = (node: ts.Node): void => {
      for (const target of targetsOf(node)) {
        this.#add(found, target, []);
      }
      if (ts.isCallExpression(node)) {
        calls.push(node);
      }
      ts.forEachChild(node, visit);
    };
    this.files.forEach(visit);
    for (let next = this.#parameters.pop(); next !== undefined; next = this.#parameters.pop()) {
      const { parameter, keys, steps } = next;
      const index = parameter.parent.parameters.indexOf(parameter);
      const callee = ts.isVariableDeclaration(parameter.parent.parent) ? parameter.parent.parent : parameter.parent;
      for (const call of calls) {
        const argument = call.arguments[index];
        if (argument !== undefined && this.names.declarationOf(plain(call.expression)) === callee) {
          this.#add(found, argument, keys, steps + 1);
        }
      }
    }
    return found;
  }

  #add(found: Map<ts.Node, Keys[]>, target: ts.Node, below: Keys, steps = 0): void {
    let keys = below;
    let node = plain(target);
    for (;;) {
      const declaration = ts.isIdentifier(node) || ts.isPropertyAccessExpression(node) ? this.#named(node) : undefined;
      if (declaration !== undefined) {
        this.#addDeclared(found, declaration, keys, steps);
        return;
      }
      if (ts.isPropertyAccessExpression(node)) {
        keys = [node.name.text, ...keys];
      } else if (ts.isElementAccessExpression(node)) {
        const { argumentExpression: key } = node;
        keys = [ts.isStringLiteralLike(key) || ts.isNumericLiteral(key) ? key.text : undefined, ...keys];
      } else {
        return;
      }
      node = plain(node.expression);
    }
  }

  #named(node: ts.Node): Named | undefined {
    const declaration = this.names.declarationOf(node);
    return declaration && isNamed(declaration) ? declaration : undefined;
  }

  /** And what it is another name for: `const { cors } = config`. */
  #addDeclared(found: Map<ts.Node, Keys[]>, declaration: Named, keys: Keys, steps: number): void {
    const known = found.get(declaration) ?? [];
    if (steps > MOST_STEPS || known.some((path) => String(path) === String(keys))) {
      return;
    }
    found.set(declaration, [...known, keys]);
    if (ts.isParameter(declaration)) {
      this.#parameters.push({ parameter: declaration, keys, steps });
      return;
    }
    if (ts.isVariableDeclaration(declaration)) {
      if (declaration.initializer !== undefined) {
        this.#add(found, declaration.initializer, keys, steps + 1);
      }
      return;
    }
    const name = declaration.propertyName ?? declaration.name;
    const owner = declaration.parent.parent;
    const within = [ts.isIdentifier(name) ? name.text : undefined, ...keys];
    if (ts.isParameter(owner)) {
      this.#addDeclared(found, owner, within, steps);
    } else if (ts.isVariableDeclaration(owner) && owner.initializer !== undefined) {
      this.#add(found, owner.initializer, within, steps + 1);
    }
  }
}

type Named = ts.VariableDeclaration | ts.BindingElement | ts.ParameterDeclaration;

function isNamed(declaration: ts.Node): declaration is Named {
  return ts.isVariableDeclaration(declaration) || ts.isBindingElement(declaration) || ts.isParameter(declaration);
}

/** The expressions whose value a node changes. */
function targetsOf(node: ts.Node): readonly ts.Node[] {
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    const assigns = kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
    return assigns ? propertiesIn(node.left) : [];
  }
  if (ts.isDeleteExpression(node)) {
    return [node.expression];
  }
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const counts = [ts.SyntaxKind.PlusPlusToken, ts.SyntaxKind.MinusMinusToken].includes(node.operator);
    return counts ? [node.operand] : [];
  }
  return ts.isCallExpression(node) ? changedByCall(node) : [];
}

/** The properties that an assignment changes: two in `[a.b, c.d] = …`. Variables are left out: what is assigned is not a constant. */
function propertiesIn(left: ts.Node): readonly ts.Node[] {
  const target = plain(left);
  if (ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target)) {
    return [target];
  }
  const found: ts.Node[] = [];
  ts.forEachChild(target, (child) => void found.push(...propertiesIn(child)));
  return found;
}

function changedByCall({ expression, arguments: [first] }: ts.CallExpression): readonly ts.Node[] {
  const method = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
  return [
    ...(ts.isPropertyAccessExpression(expression) && LISTS.has(method) ? [expression.expression] : []),
    ...(first !== undefined && CHANGING.test(method) ? [first] : []),
  ];
}
