import { ts } from 'ts-morph';

import { plain, type Names } from './names.js';
import type { Project } from './project.js';
import { isTestFile } from './sources.js';

/** A module that an application is created from, or the testing module of a test. */
export interface RootModule {
  /** What it is told apart by: the class, or what `createTestingModule` gets. */
  readonly node: ts.Node;
  readonly name: string;
  /** The call that takes the metadata: `@Module(…)` or `createTestingModule(…)`. Undefined: there is no such call. */
  readonly metadata: ts.CallExpression | undefined;
  readonly testing: boolean;
}

/** A place that creates an HTTP application. */
export interface Entry {
  readonly call: ts.CallExpression;
  readonly root: RootModule | undefined;
  /** Whether it is a test that starts it. */
  readonly test: boolean;
  readonly fastify: boolean;
}

/** Every application that the project creates. */
export class Entries {
  readonly all: readonly Entry[];
  readonly #byCall: ReadonlyMap<ts.Node, Entry>;
  readonly #roots = new Map<ts.Node, RootModule>();

  constructor(
    private readonly project: Project,
    private readonly names: Names = project.names,
  ) {
    const calls = project.files.filter(mayCreate).flatMap(callsOf);
    // Applications first: a testing module that imports the root module of one is that application.
    const created = calls.flatMap((call) => this.#created(call) ?? []);
    const tested = calls.flatMap((call) => this.#tested(call) ?? []);
    this.all = [...created, ...tested];
    this.#byCall = new Map(this.all.map((entry) => [entry.call, entry]));
  }

  /** The entry that this very call is. */
  at(call: ts.Node): Entry | undefined {
    return this.#byCall.get(call);
  }

  #created(call: ts.CallExpression): Entry | undefined {
    const { expression } = call;
    if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== 'create') {
      return undefined;
    }
    if (!this.names.isImport(expression.expression, /^@nestjs\/core$/, 'NestFactory')) {
      return undefined;
    }
    const [module] = call.arguments;
    const test = isTestFile(this.project.sources, call.getSourceFile().fileName);
    return { call, root: module && this.#rootOf(module), test, fastify: this.#isFastify(call) };
  }

  #tested(call: ts.CallExpression): Entry | undefined {
    const { expression } = call;
    if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== 'createNestApplication') {
      return undefined;
    }
    const module = this.#testingModule(expression.expression, 5);
    return { call, root: module && this.#rootOfTest(module), test: true, fastify: this.#isFastify(call) };
  }

  #rootOf(node: ts.Node): RootModule | undefined {
    const value = plain(node);
    if (ts.isCallExpression(value)) {
      // AppModule.register(…): what its decorator says is merged with what it returns.
      const { expression } = value;
      return ts.isPropertyAccessExpression(expression) ? this.#rootOf(expression.expression) : undefined;
    }
    const declaration = this.names.declarationOf(value);
    if (declaration === undefined || !ts.isClassDeclaration(declaration)) {
      return undefined;
    }
    const decorator = decoratorOf(declaration, this.names, '@nestjs/common', 'Module');
    return this.#keep({ node: declaration, name: nameOf(declaration), metadata: decorator, testing: false });
  }

  #rootOfTest(call: ts.CallExpression): RootModule | undefined {
    const [metadata] = call.arguments;
    if (metadata === undefined || !ts.isObjectLiteralExpression(metadata)) {
      return undefined;
    }
    const imported = elementsOfImports(metadata).flatMap((element) => {
      const value = plain(element);
      const owner =
        ts.isCallExpression(value) && ts.isPropertyAccessExpression(value.expression)
          ? value.expression.expression
          : value;
      const declaration = this.names.declarationOf(owner);
      return (declaration && this.#roots.get(declaration)) ?? [];
    });
    return imported[0] ?? this.#keep({ node: metadata, name: 'the testing module', metadata: call, testing: true });
  }

  #keep(root: RootModule): RootModule {
    const known = this.#roots.get(root.node) ?? root;
    this.#roots.set(root.node, known);
    return known;
  }

  /** `Test.createTestingModule(…)`, behind `.compile()`, overrides, and variables. */
  #testingModule(node: ts.Node, depth: number): ts.CallExpression | undefined {
    const value = plain(node);
    if (depth === 0) {
      return undefined;
    }
    if (ts.isCallExpression(value) && ts.isPropertyAccessExpression(value.expression)) {
      const { name, expression } = value.expression;
      const creates =
        name.text === 'createTestingModule' && this.names.isImport(expression, /^@nestjs\/testing$/, 'Test');
      return creates ? value : this.#testingModule(expression, depth);
    }
    const found = this.valuesOf(value).flatMap((each) => this.#testingModule(each, depth - 1) ?? []);
    return found.length === 1 ? found[0] : undefined;
  }

  /** What a variable is initialized with, and what is assigned to it in its file. */
  valuesOf(node: ts.Node): readonly ts.Expression[] {
    const declaration = ts.isIdentifier(node) ? this.names.localDeclarationOf(node) : undefined;
    if (declaration === undefined || !ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name)) {
      return [];
    }
    const assigned = this.names.usesOf(declaration.getSourceFile(), declaration.name.text).flatMap((use) => {
      const { parent } = use;
      const assigns =
        ts.isBinaryExpression(parent) && parent.left === use && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
      return assigns && this.names.localDeclarationOf(use) === declaration ? [parent.right] : [];
    });
    return [...(declaration.initializer ? [declaration.initializer] : []), ...assigned];
  }

  /** What it may be: written there, or in a variable, perhaps that of another file. */
  objectsOf(node: ts.Node): readonly ts.ObjectLiteralExpression[] {
    const value = plain(node);
    const declaration = this.names.declarationOf(value);
    const elsewhere =
      declaration && ts.isVariableDeclaration(declaration) && declaration.initializer ? [declaration.initializer] : [];
    return [...new Set([value, ...this.valuesOf(value), ...elsewhere].map(plain))].filter(ts.isObjectLiteralExpression);
  }

  #isFastify(call: ts.CallExpression): boolean {
    const types = call.typeArguments?.some((type) => type.getText().includes('Fastify')) ?? false;
    return (
      types ||
      call.arguments.some((argument) =>
        [argument, ...this.valuesOf(argument)].some((value) => value.getText().includes('FastifyAdapter')),
      )
    );
  }
}

export function decoratorOf(
  node: ts.HasDecorators,
  names: Names,
  module: string,
  name: string,
): ts.CallExpression | undefined {
  return (ts.getDecorators(node) ?? [])
    .map(({ expression }) => expression)
    .filter(ts.isCallExpression)
    .find(({ expression }) => {
      const imported = names.importOf(expression);
      return imported?.module === module && imported.name === name;
    });
}

export function propertyOf(object: ts.ObjectLiteralExpression, name: string): ts.ObjectLiteralElementLike | undefined {
  return object.properties.find((property) => property.name !== undefined && textOfName(property.name) === name);
}

/** `...options`, `[name]: value`: it may be another `cors`. */
export function isOpen(property: ts.ObjectLiteralElementLike): boolean {
  return ts.isSpreadAssignment(property) || (property.name !== undefined && ts.isComputedPropertyName(property.name));
}

/** Undefined for a method or an accessor. */
export function valueOf(property: ts.ObjectLiteralElementLike): ts.Expression | undefined {
  if (ts.isShorthandPropertyAssignment(property)) {
    return property.name;
  }
  return ts.isPropertyAssignment(property) ? property.initializer : undefined;
}

export function textOfName(name: ts.PropertyName): string | undefined {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isNumericLiteral(name) ? name.text : undefined;
}

export function elementsOfImports(metadata: ts.ObjectLiteralExpression): readonly ts.Expression[] {
  const property = propertyOf(metadata, 'imports');
  const list = property && ts.isPropertyAssignment(property) ? plain(property.initializer) : undefined;
  return list && ts.isArrayLiteralExpression(list) ? list.elements : [];
}

export function nameOf(declaration: ts.ClassDeclaration): string {
  return declaration.name?.text ?? 'the default export';
}

function mayCreate({ text }: ts.SourceFile): boolean {
  return text.includes('NestFactory') || text.includes('createNestApplication');
}

export function callsOf(node: ts.Node): ts.CallExpression[] {
  const calls: ts.CallExpression[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isCallExpression(child)) {
      calls.push(child);
    }
    ts.forEachChild(child, visit);
  };
  visit(node);
  return calls;
}
