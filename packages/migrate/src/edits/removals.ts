import { ts } from 'ts-morph';

import type { Finding } from '../findings.js';
import { statementOf } from '../findings.js';
import { isExported } from '../options/carrier.js';
import type { FileEdits } from './file-edits.js';

/** Takes out what answered for CORS until now. */
export function removeFinding(edits: FileEdits, { kind, node }: Finding): void {
  if (kind === 'option' || kind === 'gateway') {
    removeProperty(edits, node);
  } else if (kind === 'route' || kind === 'everywhere') {
    removeMiddleware(edits, node);
  } else {
    const statement = statementOf(node);
    if (statement !== undefined) {
      edits.removeStatement(statement);
    }
  }
}

/** `cors: true` of an object; the object as well, if nothing else is in it. */
function removeProperty(edits: FileEdits, property: ts.Node): void {
  const object = property.parent;
  if (!ts.isObjectLiteralExpression(object)) {
    return;
  }
  const { parent } = object;
  if (object.properties.length > 1 || !ts.isCallExpression(parent)) {
    edits.removeElement(property, object.properties);
    return;
  }
  const [first] = parent.arguments;
  const trailing = parent.arguments.hasTrailingComma;
  if (first === object) {
    edits.remove(parent.arguments.pos, parent.end - 1);
  } else if (trailing) {
    edits.removeElement(object, parent.arguments);
  } else {
    const previous = parent.arguments[parent.arguments.indexOf(object) - 1];
    edits.remove(previous?.end ?? object.getStart(), object.end);
  }
}

/** `cors()` of `consumer.apply(cors()).forRoutes(…)`, with the statement, the method and the interface, as far as they are left empty. */
function removeMiddleware(edits: FileEdits, cors: ts.Node): void {
  const apply = cors.parent;
  if (!ts.isCallExpression(apply)) {
    return;
  }
  if (apply.arguments.length > 1) {
    edits.removeElement(cors, apply.arguments);
    return;
  }
  let call: ts.Node = apply;
  while (statementOf(call) === undefined && !ts.isBlock(call.parent)) {
    call = call.parent;
  }
  const statement = statementOf(call);
  const method = statement?.parent.parent;
  if (
    statement === undefined ||
    method === undefined ||
    !ts.isMethodDeclaration(method) ||
    !ts.isBlock(statement.parent)
  ) {
    return;
  }
  const rest = statement.parent.statements.filter(
    (each) => each !== statement && !edits.isRemoved(each.getStart(), each.end),
  );
  if (rest.length > 0 || !ts.isClassDeclaration(method.parent)) {
    edits.removeStatement(statement);
    return;
  }
  removeMethod(edits, method, method.parent);
}

function removeMethod(edits: FileEdits, method: ts.MethodDeclaration, owner: ts.ClassDeclaration): void {
  const { text } = edits.file;
  if (owner.members.length === 1) {
    // `class AppModule {}`, as it is written without members.
    edits.remove(owner.members.pos, owner.end - 1);
  } else {
    edits.removeStatement(method);
  }
  for (const clause of owner.heritageClauses ?? []) {
    const implemented = clause.types.find(
      ({ expression }) => ts.isIdentifier(expression) && expression.text === 'NestModule',
    );
    if (implemented === undefined || clause.token !== ts.SyntaxKind.ImplementsKeyword) {
      continue;
    }
    if (clause.types.length > 1) {
      edits.removeElement(implemented, clause.types);
    } else {
      const blanks = /\s*$/.exec(text.slice(0, clause.getStart()))?.[0].length ?? 0;
      edits.remove(clause.getStart() - blanks, clause.end);
    }
  }
}

/** Takes names out of a pattern that only what has been taken out has used. True where all of them would go. */
function prune(edits: FileEdits, { elements }: ts.ObjectBindingPattern): boolean {
  const isIdle = ({ name }: ts.BindingElement): boolean =>
    ts.isIdentifier(name) && edits.lost(name) && edits.isUnused(name);
  const last = elements.findLastIndex((element) => !isIdle(element));
  // A rest would get what is taken out.
  if (last < 0 || elements.some(({ dotDotDotToken }) => dotDotDotToken)) {
    return last < 0;
  }
  for (const [index, element] of elements.entries()) {
    const previous = elements[index - 1];
    if (isIdle(element) && index < last) {
      edits.removeElement(element, elements);
    } else if (isIdle(element) && previous !== undefined) {
      edits.remove(previous.end, element.end);
    }
  }
  return false;
}

/** Constants that only held what has been taken out. */
export function removeUnusedConstants(edits: FileEdits, constants: Iterable<ts.VariableDeclaration>): void {
  let again = true;
  const left = new Set(constants);
  while (again) {
    again = false;
    for (const declaration of left) {
      const { name, parent } = declaration;
      const statement = parent.parent;
      const removable =
        !ts.isArrayBindingPattern(name) &&
        ts.isVariableStatement(statement) &&
        declaration.getSourceFile() === edits.file &&
        !isExported(declaration);
      // `const { CORS_ORIGIN, PORT } = process.env`: what is left of it stays.
      if (!removable || (ts.isObjectBindingPattern(name) && !prune(edits, name))) {
        left.delete(declaration);
      } else if (ts.isObjectBindingPattern(name) || edits.isUnused(name)) {
        left.delete(declaration);
        again = true;
        if (statement.declarationList.declarations.length === 1) {
          edits.removeStatement(statement);
        } else {
          edits.removeElement(declaration, statement.declarationList.declarations);
        }
      }
    }
  }
}
