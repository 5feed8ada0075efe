import { ts } from 'ts-morph';

import { callsOf, decoratorOf, isOpen, propertyOf, valueOf, type Entries } from './project/entries.js';
import { CreateOptions } from './create-options.js';
import { plain } from './project/names.js';
import type { Project } from './project/project.js';
import { isAlwaysReached } from './project/reached.js';
import { type Receiver, Receivers } from './project/receivers.js';

/** A place in the source that answers for CORS. */
export interface Finding {
  readonly kind: 'enableCors' | 'option' | 'middleware' | 'plugin' | 'everywhere' | 'route' | 'gateway';
  /** What is taken out: a call, an argument, a property, a decorator's option. */
  readonly node: ts.Node;
  /** Undefined: the defaults. */
  readonly options: ts.Expression | undefined;
  /** Which applications it is for; of what a module or a class says that is found later, by what imports its file. */
  readonly receiver: Receiver | undefined;
  /** The classes that get `@Cors`, of a route or a gateway. */
  readonly classes: readonly ts.ClassDeclaration[];
  /** Why it stays, whatever its options are. */
  readonly unclear?: Unclear | undefined;
}

export type Unclear =
  | 'unknown-app'
  | 'conditional'
  | 'mounted'
  | 'some-routes'
  | 'not-a-statement'
  | 'server'
  | 'stray'
  | 'has-policy'
  | 'extended'
  | 'gateway-options'
  | 'spread';

/** Finds everything that answers for CORS in the project. */
export function findCors(project: Project, entries: Entries): readonly Finding[] {
  const finder = new Finder(project, entries);
  const createOptions = new CreateOptions(project, entries);
  const files = project.files.filter(({ text }) => /cors/i.test(text));
  return [
    ...entries.all.flatMap((entry) => createOptions.of(entry) ?? []),
    ...files.flatMap((file) => callsOf(file).flatMap((call) => finder.call(call) ?? [])),
    ...files.flatMap((file) => classesOf(file).flatMap((each) => finder.gateway(each) ?? [])),
    ...files.flatMap((file) => callsOf(file).flatMap((call) => finder.stray(call) ?? [])),
  ].toSorted(
    (a, b) => compare(a.node.getSourceFile().fileName, b.node.getSourceFile().fileName) || a.node.pos - b.node.pos,
  );
}

const CORS = /^cors$/;
const FASTIFY_CORS = /^(@fastify\/cors|fastify-cors)$/;

class Finder {
  readonly #receivers: Receivers;
  /** Calls of `cors()` that have been found. */
  readonly #known = new Set<ts.Node>();
  #extended: ReadonlySet<ts.Node> | undefined;

  constructor(
    private readonly project: Project,
    private readonly entries: Entries,
  ) {
    this.#receivers = new Receivers(project, entries);
  }

  call(call: ts.CallExpression): Finding | undefined {
    const { expression } = call;
    if (!ts.isPropertyAccessExpression(expression)) {
      return undefined;
    }
    switch (expression.name.text) {
      case 'enableCors':
        return this.#ofApp('enableCors', call, expression.expression, call.arguments[0]);
      case 'use':
        return this.#middleware(call, expression.expression);
      case 'register':
        return this.#plugin(call, expression.expression);
      case 'forRoutes':
        return this.#routes(call, expression.expression);
      default:
        return undefined;
    }
  }

  /** `cors()` in a place that is not one of those above: to be asked last. */
  stray(call: ts.CallExpression): Finding | undefined {
    if (this.#known.has(call) || !this.#isCorsImport(plain(call.expression))) {
      return undefined;
    }
    return {
      kind: 'middleware',
      node: call,
      options: undefined,
      receiver: { entries: [] },
      classes: [],
      unclear: 'stray',
    };
  }

  /** `@WebSocketGateway({ cors: … })`. */
  gateway(node: ts.ClassDeclaration): Finding | undefined {
    const decorator = decoratorOf(node, this.project.names, '@nestjs/websockets', 'WebSocketGateway');
    for (const argument of decorator?.arguments ?? []) {
      for (const object of this.entries.objectsOf(argument)) {
        const property = propertyOf(object, 'cors');
        const value = property && valueOf(property);
        if (property !== undefined && value?.kind !== ts.SyntaxKind.FalseKeyword) {
          const written = object === plain(argument) && value !== undefined;
          const unclear = object.properties.some(isOpen)
            ? 'spread'
            : written
              ? this.#unclearClass(node)
              : 'gateway-options';
          const options = value?.kind === ts.SyntaxKind.TrueKeyword ? undefined : value;
          const place = written ? property : argument;
          return { kind: 'gateway', node: place, options, receiver: undefined, classes: [node], unclear };
        }
      }
    }
    return undefined;
  }

  #middleware(call: ts.CallExpression, receiver: ts.Expression): Finding | undefined {
    const index = call.arguments.findIndex((argument) => this.#isCors(argument));
    const cors = call.arguments[index];
    if (cors === undefined) {
      return undefined;
    }
    const finding = this.#ofApp('middleware', call, receiver, this.#optionsOf(cors));
    if (finding.unclear === 'unknown-app' && !/app/i.test(receiver.getText())) {
      return { ...finding, unclear: 'server' };
    }
    return call.arguments.length > 1 ? { ...finding, unclear: 'mounted' } : finding;
  }

  #plugin(call: ts.CallExpression, receiver: ts.Expression): Finding | undefined {
    const [plugin, options] = call.arguments;
    const imported = plugin && this.project.names.importOf(plain(plugin));
    const isPlugin = imported && FASTIFY_CORS.test(imported.module);
    return isPlugin ? this.#ofApp('plugin', call, receiver, options) : undefined;
  }

  #ofApp(kind: Finding['kind'], call: ts.CallExpression, app: ts.Node, options: ts.Expression | undefined): Finding {
    const receiver = this.#receivers.of(call, app);
    const unclear = receiver.unclear ?? (statementOf(call) ? undefined : 'not-a-statement');
    return { kind, node: call, options, receiver, classes: [], unclear };
  }

  /** `consumer.apply(cors(…)).forRoutes(CatsController)`. */
  #routes(call: ts.CallExpression, applied: ts.Expression): Finding | undefined {
    const apply = applyOf(applied);
    const cors = apply?.arguments.find((argument) => this.#isCors(argument));
    if (apply === undefined || cors === undefined) {
      return undefined;
    }
    const options = this.#optionsOf(cors);
    const stands = statementOf(call) !== undefined && isStart(apply);
    if (applied === apply && call.arguments.length > 0 && call.arguments.every(isEveryRoute)) {
      const unclear = !stands ? 'not-a-statement' : isStraight(call) ? undefined : 'conditional';
      return { kind: 'everywhere', node: cors, options, receiver: undefined, classes: [], unclear };
    }
    const classes = call.arguments.flatMap((argument) => this.#controller(argument) ?? []);
    const some = classes.length < call.arguments.length || classes.length === 0 || applied !== apply;
    const unclear = some
      ? 'some-routes'
      : !stands
        ? 'not-a-statement'
        : isStraight(call)
          ? classes.map((each) => this.#unclearClass(each)).find((each) => each !== undefined)
          : 'conditional';
    return { kind: 'route', node: cors, options, receiver: undefined, classes, unclear };
  }

  #controller(node: ts.Node): ts.ClassDeclaration | undefined {
    const declaration = this.project.names.declarationOf(node);
    const isController =
      declaration &&
      ts.isClassDeclaration(declaration) &&
      decoratorOf(declaration, this.project.names, '@nestjs/common', 'Controller');
    return isController ? declaration : undefined;
  }

  /** Why a class cannot get `@Cors`. */
  #unclearClass(node: ts.ClassDeclaration): Unclear | undefined {
    if (decoratorOf(node, this.project.names, 'nestjs-cors', 'Cors') !== undefined) {
      return 'has-policy';
    }
    this.#extended ??= this.#findExtended();
    return this.#extended.has(node) ? 'extended' : undefined;
  }

  /** The classes that others extend, in whatever form: `extends Base`, `extends Mixin(Base)`. */
  #findExtended(): ReadonlySet<ts.Node> {
    const found = new Set<ts.Node>();
    const visit = (node: ts.Node): void => {
      const declaration = ts.isIdentifier(node) ? this.project.names.declarationOf(node) : undefined;
      if (declaration !== undefined) {
        found.add(declaration);
      }
      ts.forEachChild(node, visit);
    };
    this.project.files
      .flatMap(classesOf)
      .flatMap(({ heritageClauses = [] }) => heritageClauses)
      .forEach(visit);
    return found;
  }

  /** `cors(…)`, or `cors` itself, or a variable with one. */
  #isCors(node: ts.Node): boolean {
    const value = this.#middlewareOf(node);
    const isCors = this.#isCorsImport(ts.isCallExpression(value) ? plain(value.expression) : value);
    if (isCors) {
      this.#known.add(value);
    }
    return isCors;
  }

  #isCorsImport(node: ts.Node): boolean {
    const imported = this.project.names.importOf(node);
    return imported !== undefined && CORS.test(imported.module) && /^(\*|default)$/.test(imported.name);
  }

  #optionsOf(node: ts.Node): ts.Expression | undefined {
    const value = this.#middlewareOf(node);
    return ts.isCallExpression(value) ? value.arguments[0] : undefined;
  }

  #middlewareOf(node: ts.Node): ts.Node {
    const value = plain(node);
    const [only, ...others] = this.entries.valuesOf(value);
    return only !== undefined && others.length === 0 && this.project.names.importOf(value) === undefined
      ? plain(only)
      : value;
  }
}

/** The statement that is nothing but this call. */
export function statementOf(call: ts.Node): ts.ExpressionStatement | undefined {
  const { parent } = call;
  if (ts.isExpressionStatement(parent)) {
    return parent;
  }
  return ts.isAwaitExpression(parent) || ts.isVoidExpression(parent) || ts.isParenthesizedExpression(parent)
    ? statementOf(parent)
    : undefined;
}

/** `consumer.apply(…)`, also behind `.exclude(…)`. */
function applyOf(node: ts.Expression): ts.CallExpression | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) {
    return undefined;
  }
  return node.expression.name.text === 'apply' ? node : applyOf(node.expression.expression);
}

/** `consumer.apply(…)` with nothing in front of it. */
function isStart(apply: ts.CallExpression): boolean {
  return ts.isPropertyAccessExpression(apply.expression) && ts.isIdentifier(apply.expression.expression);
}

function isEveryRoute(node: ts.Node): boolean {
  return ts.isStringLiteral(node) && /^\/?(\*|\(\.\*\)|\{\*\w+\}|\*\w+)$/.test(node.text);
}

/** Directly in the body of its method, with nothing in front of it that may leave. */
function isStraight(call: ts.Node): boolean {
  const block = statementOf(call)?.parent;
  return block !== undefined && ts.isMethodDeclaration(block.parent) && isAlwaysReached(call, undefined);
}

function classesOf(file: ts.SourceFile): ts.ClassDeclaration[] {
  const classes: ts.ClassDeclaration[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isClassDeclaration(node)) {
      classes.push(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return classes;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
