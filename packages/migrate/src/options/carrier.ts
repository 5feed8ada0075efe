import { ts } from 'ts-morph';

import { plain, type Names } from '../project/names.js';
import type { Project } from '../project/project.js';

/** What goes with the options to another file: names that they use there. */
export interface CarriedImport {
  /** As it is written in `from`. */
  readonly module: string;
  readonly name: string;
  readonly alias: string;
  readonly from: ts.SourceFile;
  readonly typeOnly?: boolean;
}

/** A configuration service that the options read, by the name that they call it. */
export interface InjectedService {
  readonly parameter: string;
  readonly type: CarriedImport;
}

const MOST_STEPS = 2000;

/** Collects what a translation needs besides its text, and why it cannot be one. */
export class Carrier {
  readonly imports: CarriedImport[] = [];
  /** For the report: what is different from now on. */
  readonly notes: string[] = [];
  /** Why the options stay where they are. */
  readonly reasons: string[] = [];
  readonly follows = new Set<ts.VariableDeclaration>();
  /** Names that every module has, and that the text counts on. */
  readonly globals = new Set<string>();
  readsEnvironment = false;
  usesOriginList = false;
  service: InjectedService | undefined;
  #steps = 0;

  readonly names: Names;

  constructor(
    private readonly project: Pick<Project, 'names' | 'changes'>,
    /** Where the options are: what is used there alone may move with them. */
    readonly within: ts.Node,
    /** Decorators are evaluated where they stand, and cannot be injected into. */
    readonly inPlace: boolean,
    /** What to do where no translation is possible. */
    readonly byHand: string,
  ) {
    this.names = project.names;
  }

  leave(reason: string): undefined {
    if (!this.reasons.includes(reason)) {
      this.reasons.push(reason);
    }
    return undefined;
  }

  note(text: string): void {
    if (!this.notes.includes(text)) {
      this.notes.push(text);
    }
  }

  /** What a constant of the same file stands for; anything else itself. */
  follow(node: ts.Expression): ts.Expression {
    const value = plain(node);
    const declaration = ts.isIdentifier(value) ? this.constantOf(value) : undefined;
    const initializer = declaration?.initializer;
    // Constants may go in circles.
    this.#steps += 1;
    if (declaration === undefined || initializer === undefined || this.#steps > MOST_STEPS) {
      return isExpression(value) ? value : node;
    }
    const used = plain(initializer);
    const isLocal = declaration.getSourceFile() === this.within.getSourceFile();
    const isShared = this.isShared(value);
    const stays = this.inPlace && !ts.isObjectLiteralExpression(used);
    if (!isLocal || isExported(declaration) || isShared || stays) {
      return isExpression(value) ? value : node;
    }
    this.follows.add(declaration);
    return this.follow(initializer);
  }

  /** The declaration of a `const`, in whichever file. */
  constantOf(node: ts.Identifier): ts.VariableDeclaration | undefined {
    const declaration = this.names.declarationOf(node);
    const isConstant =
      declaration !== undefined &&
      ts.isVariableDeclaration(declaration) &&
      ts.isVariableDeclarationList(declaration.parent) &&
      (declaration.parent.flags & ts.NodeFlags.Const) !== 0;
    return isConstant ? declaration : undefined;
  }

  /** Whether it is the global of one of these names. */
  isGlobal(node: ts.Node, ...wanted: readonly string[]): node is ts.Identifier {
    const isOne = ts.isIdentifier(node) && wanted.includes(node.text) && this.names.isGlobal(node);
    if (isOne) {
      this.globals.add(node.text);
    }
    return isOne;
  }

  isUsedHereAlone(declaration: ts.VariableDeclaration): boolean {
    const { name } = declaration;
    if (!ts.isIdentifier(name)) {
      return false;
    }
    const uses = this.names.usesOf(declaration.getSourceFile(), name.text).filter((use) => use !== name);
    const followed = [...this.follows].map(({ initializer }) => initializer);
    return uses.every((use) => [this.within, ...followed].some((place) => place && contains(place, use)));
  }

  /** A list or an object of the same file that other code uses as well: it may be changed there. */
  isShared(node: ts.Node): boolean {
    const declaration = ts.isIdentifier(node) ? this.constantOf(node) : undefined;
    const value = declaration?.initializer && plain(declaration.initializer);
    return (
      declaration !== undefined &&
      value !== undefined &&
      declaration.getSourceFile() === this.within.getSourceFile() &&
      (ts.isObjectLiteralExpression(value) || ts.isArrayLiteralExpression(value)) &&
      !this.isUsedHereAlone(declaration)
    );
  }

  /** Whether other code gives it, or something in it, another value. */
  isChanged(declaration: ts.VariableDeclaration, keys: readonly string[]): boolean {
    return this.project.changes.isChanged(declaration, keys);
  }

  /** The variables that a text reads from the environment. */
  readsIn(text: string): readonly string[] {
    return [...text.matchAll(/process\.env\.(\w+)/g)].flatMap(([, name]) => name ?? []);
  }

  /** A name of another module, used as it is. Decorators stay in their file and have it already. */
  carry(node: ts.Identifier, typeOnly = false): boolean {
    if (this.inPlace) {
      return true;
    }
    const imported = this.names.importOf(node);
    if (imported === undefined) {
      return false;
    }
    this.imports.push({
      module: imported.module,
      name: imported.name,
      alias: node.text,
      from: node.getSourceFile(),
      typeOnly,
    });
    return true;
  }
}

export function contains(outer: ts.Node, inner: ts.Node): boolean {
  return outer.getSourceFile() === inner.getSourceFile() && inner.pos >= outer.pos && inner.end <= outer.end;
}

export function isExported(declaration: ts.VariableDeclaration): boolean {
  const statement = declaration.parent.parent;
  return (
    ts.isVariableStatement(statement) &&
    (statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false)
  );
}

export function isExpression(node: ts.Node): node is ts.Expression {
  return ts.isExpression(node);
}
