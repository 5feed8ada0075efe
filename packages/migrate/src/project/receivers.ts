import { ts } from 'ts-morph';

import type { Entries, Entry } from './entries.js';
import { plain } from './names.js';
import type { Project } from './project.js';
import { isAlwaysReached } from './reached.js';

/** Which applications a call concerns, and why that, or whether it is always called, cannot be told. */
export interface Receiver {
  readonly entries: readonly Entry[];
  readonly unclear?: 'unknown-app' | 'conditional' | undefined;
}

type Trace = readonly Place[] | undefined;

/** Answers for `app` in `app.enableCors()`: which `NestFactory.create()` it comes from. */
export class Receivers {
  constructor(
    private readonly project: Project,
    private readonly entries: Entries,
  ) {}

  /** @param call - `app.enableCors()`; `receiver` - `app`. */
  of(call: ts.Node, receiver: ts.Node): Receiver {
    const places = this.#trace(receiver, 6);
    if (places === undefined) {
      return { entries: [], unclear: 'unknown-app' };
    }
    const always = places.every((place) => isReachedWith(call, place));
    return { entries: places.map(({ entry }) => entry), unclear: always ? undefined : 'conditional' };
  }

  #trace(node: ts.Node, depth: number): Trace {
    const value = plain(node);
    if (depth === 0) {
      return undefined;
    }
    const entry = this.entries.at(value);
    if (entry !== undefined) {
      return [{ entry, at: value, path: [] }];
    }
    if (ts.isCallExpression(value)) {
      return this.#traceCall(value, depth);
    }
    if (!ts.isIdentifier(value)) {
      return undefined;
    }
    const declaration = this.project.names.localDeclarationOf(value);
    if (declaration && ts.isParameter(declaration)) {
      return this.#traceParameter(declaration, depth);
    }
    const values = this.entries.valuesOf(value);
    const adapters = values.some((each) => ts.isNewExpression(plain(each))) ? this.#entriesWith(value) : [];
    return adapters.length > 0 ? adapters : join(values.map((each) => this.#trace(each, depth - 1)));
  }

  /** `app.getHttpAdapter().getInstance()`, `createApp()`. */
  #traceCall(call: ts.CallExpression, depth: number): Trace {
    const { expression } = call;
    if (ts.isPropertyAccessExpression(expression)) {
      const passes = ['getHttpAdapter', 'getInstance', 'select'].includes(expression.name.text);
      return passes ? this.#trace(expression.expression, depth) : undefined;
    }
    const callee = functionOf(this.project.names.declarationOf(expression));
    const returned = callee ? returnedBy(callee) : [];
    // What the application is within the function says nothing of whether the call outside of it is always reached.
    const traces = returned.map((each) => this.#trace(each, depth - 1));
    return join(traces)?.map((place) => ({ ...place, at: call }));
  }

  /** `new FastifyAdapter()` in a variable that `NestFactory.create()` gets. */
  #entriesWith(adapter: ts.Identifier): Place[] {
    const declaration = this.project.names.localDeclarationOf(adapter);
    return this.entries.all
      .filter(({ call }) =>
        call.arguments.some(
          (argument) => ts.isIdentifier(argument) && this.project.names.localDeclarationOf(argument) === declaration,
        ),
      )
      .map((entry) => ({ entry, at: declaration ?? entry.call, path: [] }));
  }

  /** `function setUp(app) { app.enableCors(); }`: what all of its callers pass. `.then((app) => …)`: what it waits for. */
  #traceParameter(parameter: ts.ParameterDeclaration, depth: number): Trace {
    const callee = parameter.parent;
    const waits = callee.parent;
    if (
      ts.isCallExpression(waits) &&
      ts.isPropertyAccessExpression(waits.expression) &&
      waits.expression.name.text === 'then' &&
      waits.arguments[0] === callee
    ) {
      return this.#trace(waits.expression.expression, depth - 1)?.map((place) => ({ ...place, at: callee }));
    }
    const name = nameOfFunction(callee);
    const index = callee.parameters.indexOf(parameter);
    if (name === undefined) {
      return undefined;
    }
    const calls = this.#callsOf(name);
    const traces = calls.map((call) => {
      const argument = call.arguments[index];
      const trace = argument && this.#trace(argument, depth - 1);
      return trace?.map((place) => ({ ...place, path: [call, ...place.path] }));
    });
    return calls.length === this.#uses(name) ? join(traces) : undefined;
  }

  #callsOf(name: ts.Identifier): ts.CallExpression[] {
    return this.#usesOf(name).flatMap(({ parent }) => (ts.isCallExpression(parent) ? [parent] : []));
  }

  #uses(name: ts.Identifier): number {
    return this.#usesOf(name).length;
  }

  #usesOf(name: ts.Identifier): ts.Identifier[] {
    const target = this.project.names.declarationOf(name);
    return this.project.files
      .flatMap((file) => this.project.names.usesOf(file, name.text))
      .filter((use) => use !== name && !ts.isImportSpecifier(use.parent) && !ts.isExportSpecifier(use.parent))
      .filter((use) => this.project.names.declarationOf(use) === target);
  }
}

interface Place {
  readonly entry: Entry;
  /** What is always reached together with the application: where it is created, or the function that gets it. */
  readonly at: ts.Node;
  /** The calls of the functions around the call in question, from the inside out. */
  readonly path: readonly ts.CallExpression[];
}

function join(traces: readonly Trace[]): Trace {
  const places = traces.flatMap((trace) => trace ?? []);
  return places.length > 0 && traces.every((trace) => trace !== undefined) ? places : undefined;
}

function isReachedWith(call: ts.Node, { at, path }: Place): boolean {
  return [call, ...path].every((each, index) => isAlwaysReached(each, index === path.length ? at : undefined));
}

type Function = ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction;

function functionOf(declaration: ts.Declaration | undefined): Function | undefined {
  if (declaration && ts.isFunctionDeclaration(declaration)) {
    return declaration;
  }
  const value = declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  return value && (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) ? value : undefined;
}

function nameOfFunction(callee: ts.Node): ts.Identifier | undefined {
  if (ts.isFunctionDeclaration(callee)) {
    return callee.name;
  }
  const { parent } = callee;
  return ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name) ? parent.name : undefined;
}

function returnedBy(callee: Function): ts.Expression[] {
  const { body } = callee;
  if (body === undefined || !ts.isBlock(body)) {
    return body ? [body] : [];
  }
  const returned: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isReturnStatement(node) && node.expression) {
      returned.push(node.expression);
    } else if (!ts.isFunctionLike(node)) {
      ts.forEachChild(node, visit);
    }
  };
  visit(body);
  return returned;
}
