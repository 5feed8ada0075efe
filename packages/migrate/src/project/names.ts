import { ts } from 'ts-morph';

/** Where a name of another module comes from: `default` and `*` for a default and a namespace import (and `require`). */
export interface Imported {
  readonly module: string;
  readonly name: string;
  readonly declaration: ts.Node;
}

/** What the names in the source mean. */
export class Names {
  readonly #uses = new Map<ts.SourceFile, ReadonlyMap<string, readonly ts.Identifier[]>>();
  readonly #files: ReadonlySet<ts.SourceFile>;

  constructor(
    readonly checker: ts.TypeChecker,
    files: readonly ts.SourceFile[],
  ) {
    this.#files = new Set(files);
  }

  /** The declaration in the application's own source, through imports and re-exports. */
  declarationOf(node: ts.Node): ts.Declaration | undefined {
    const symbol = this.#symbolOf(node);
    const target = symbol && symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
    const declaration = target?.valueDeclaration ?? target?.declarations?.[0];
    return declaration && this.#files.has(declaration.getSourceFile()) ? declaration : undefined;
  }

  /** The declaration in the same file: an import, a variable, a parameter. */
  localDeclarationOf(node: ts.Node): ts.Declaration | undefined {
    return this.#symbolOf(node)?.declarations?.[0];
  }

  /** Whether the name is the one that every module has, such as `process` and `Number`, and not one of the file's own. */
  isGlobal(node: ts.Identifier): boolean {
    const declarations = this.#symbolOf(node)?.declarations ?? [];
    const imported = this.importOf(node);
    return (
      declarations.every(isAmbient) ||
      (node.text === 'process' &&
        imported !== undefined &&
        /^(node:)?process$/.test(imported.module) &&
        /^(\*|default)$/.test(imported.name))
    );
  }

  /** Undefined for what is no import: of a name, or of `cors.default`, `require('cors')`, `import('cors')` in its place. */
  importOf(node: ts.Node): Imported | undefined {
    const expression = plain(node);
    const required = requiredModule(expression);
    if (required !== undefined) {
      return { module: required, name: '*', declaration: expression };
    }
    if (ts.isPropertyAccessExpression(expression)) {
      const owner = this.importOf(expression.expression);
      const whole = owner && (owner.name === '*' || owner.name === 'default');
      return whole ? { ...owner, name: expression.name.text } : undefined;
    }
    if (!ts.isIdentifier(expression)) {
      return undefined;
    }
    const declaration = this.localDeclarationOf(expression);
    return declaration && this.#importedBy(declaration);
  }

  isImport(node: ts.Node, module: RegExp, name: string): boolean {
    const imported = this.importOf(node);
    return imported !== undefined && module.test(imported.module) && imported.name === name;
  }

  /** Identifiers of the file with this text that are not the names of properties. Shadowed ones count: better one too many. */
  usesOf(file: ts.SourceFile, name: string): readonly ts.Identifier[] {
    let uses = this.#uses.get(file);
    if (uses === undefined) {
      uses = collectUses(file);
      this.#uses.set(file, uses);
    }
    return uses.get(name) ?? [];
  }

  #symbolOf(node: ts.Node): ts.Symbol | undefined {
    const { parent } = node;
    return ts.isShorthandPropertyAssignment(parent) && parent.name === node
      ? this.checker.getShorthandAssignmentValueSymbol(parent)
      : this.checker.getSymbolAtLocation(node);
  }

  #importedBy(declaration: ts.Declaration): Imported | undefined {
    if (ts.isImportClause(declaration)) {
      return importedFrom(declaration.parent.moduleSpecifier, 'default', declaration);
    }
    if (ts.isNamespaceImport(declaration)) {
      return importedFrom(declaration.parent.parent.moduleSpecifier, '*', declaration);
    }
    if (ts.isImportSpecifier(declaration)) {
      const name = (declaration.propertyName ?? declaration.name).text;
      return importedFrom(declaration.parent.parent.parent.moduleSpecifier, name, declaration);
    }
    if (ts.isImportEqualsDeclaration(declaration) && ts.isExternalModuleReference(declaration.moduleReference)) {
      return importedFrom(declaration.moduleReference.expression, '*', declaration);
    }
    if (ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined) {
      const value = plain(declaration.initializer);
      const imported = isRequireLike(value) ? this.importOf(value) : undefined;
      return imported && { ...imported, declaration };
    }
    if (ts.isBindingElement(declaration) && ts.isVariableDeclaration(declaration.parent.parent)) {
      const { initializer } = declaration.parent.parent;
      const module = initializer && requiredModule(plain(initializer));
      const name = declaration.propertyName ?? declaration.name;
      return module !== undefined && ts.isIdentifier(name) ? { module, name: name.text, declaration } : undefined;
    }
    return undefined;
  }
}

/** `declare const process: …`: it says what there is elsewhere. */
function isAmbient(declaration: ts.Node): boolean {
  const declared = ts.findAncestor(
    declaration,
    (node) =>
      ts.canHaveModifiers(node) &&
      (ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword) ?? false),
  );
  return declared !== undefined;
}

function isRequireLike(node: ts.Node): boolean {
  return (
    requiredModule(node) !== undefined || (ts.isPropertyAccessExpression(node) && isRequireLike(plain(node.expression)))
  );
}

/** Without what changes only the type, and without `await`. */
export function plain(node: ts.Node): ts.Node {
  return ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isTypeAssertionExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isAwaitExpression(node)
    ? plain(node.expression)
    : node;
}

function requiredModule(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node)) {
    return undefined;
  }
  const { expression, arguments: given } = node;
  const loads =
    expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === 'require');
  const [module] = given;
  return loads && module && ts.isStringLiteral(module) ? module.text : undefined;
}

function importedFrom(specifier: ts.Expression, name: string, declaration: ts.Node): Imported | undefined {
  return ts.isStringLiteral(specifier) ? { module: specifier.text, name, declaration } : undefined;
}

function collectUses(file: ts.SourceFile): ReadonlyMap<string, readonly ts.Identifier[]> {
  const uses = new Map<string, ts.Identifier[]>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && !isPropertyName(node)) {
      const list = uses.get(node.text) ?? [];
      uses.set(node.text, list);
      list.push(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return uses;
}

function isPropertyName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isPropertyDeclaration(parent) && parent.name === node) ||
    (ts.isPropertySignature(parent) && parent.name === node) ||
    (ts.isMethodDeclaration(parent) && parent.name === node) ||
    (ts.isQualifiedName(parent) && parent.right === node)
  );
}
