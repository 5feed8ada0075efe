import { ts } from 'ts-morph';

import { plain } from '../project/names.js';
import { contains, type Carrier, type InjectedService } from './carrier.js';
import { snippetOf, type Replacement, type Snippet } from './snippet.js';

/** A value that is read when the application starts. */
export interface Read {
  readonly text: Snippet;
  /** As the report calls it: `CORS_ORIGIN`, `get('cors.origin')`. */
  readonly name: string;
  /** Whether it is undefined if nothing is configured. */
  readonly mayBeMissing: boolean;
}

/** What a read has to be, by the types of the source. */
export type Expected = 'origin' | 'names' | 'number' | 'boolean';

const TYPES: Record<Expected, RegExp> = {
  origin: /^(any|string|string\[\]|Array<string>|readonly string\[\])( \| undefined)?$/,
  names: /^(any|string|string\[\]|Array<string>|readonly string\[\])( \| undefined)?$/,
  number: /^(any|number)( \| undefined)?$/,
  boolean: /^(any|boolean)( \| undefined)?$/,
};

export function readOf(node: ts.Expression, carrier: Carrier, expected: Expected): Read | undefined {
  return environmentRead(node, carrier) ?? configRead(node, carrier, expected);
}

/** `process.env.CORS_ORIGIN`, and what `const { CORS_ORIGIN } = process.env` names. */
export function environmentRead(node: ts.Expression, carrier: Carrier): Read | undefined {
  const value = carrier.follow(node);
  const name = variableOf(value, carrier) ?? destructuredVariable(value, carrier);
  if (name === undefined) {
    return undefined;
  }
  carrier.readsEnvironment = true;
  const text = /^[A-Za-z_$][\w$]*$/.test(name) ? `process.env.${name}` : `process.env[${JSON.stringify(name)}]`;
  return { text: variableOf(value, carrier) === undefined ? text : snippetOf(value), name, mayBeMissing: true };
}

function variableOf(node: ts.Node, carrier: Carrier): string | undefined {
  if (ts.isPropertyAccessExpression(node) && isEnvironment(node.expression, carrier)) {
    return node.name.text;
  }
  const indexed =
    ts.isElementAccessExpression(node) && isEnvironment(node.expression, carrier) ? node.argumentExpression : undefined;
  return indexed && ts.isStringLiteral(indexed) ? indexed.text : undefined;
}

function isEnvironment(node: ts.Node, carrier: Carrier): boolean {
  return (
    ts.isPropertyAccessExpression(node) && node.name.text === 'env' && carrier.isGlobal(node.expression, 'process')
  );
}

function destructuredVariable(node: ts.Node, carrier: Carrier): string | undefined {
  const declaration = ts.isIdentifier(node) ? carrier.names.localDeclarationOf(node) : undefined;
  if (declaration === undefined || !ts.isBindingElement(declaration) || declaration.initializer || carrier.inPlace) {
    return undefined;
  }
  const source = declaration.parent.parent;
  const isRead =
    ts.isVariableDeclaration(source) &&
    source.initializer !== undefined &&
    isEnvironment(plain(source.initializer), carrier);
  const name = declaration.propertyName ?? declaration.name;
  if (!isRead || !ts.isIdentifier(name)) {
    return undefined;
  }
  carrier.follows.add(source);
  return name.text;
}

/** `configService.get('cors').origin`, of @nestjs/config. */
export function configRead(node: ts.Expression, carrier: Carrier, expected: Expected): Read | undefined {
  const value = carrier.follow(node);
  if (carrier.inPlace) {
    return undefined;
  }
  const { call, keys } = behindKeys(value, carrier);
  const service = call && serviceOf(call, carrier);
  if (call === undefined || service === undefined || !hasType(call, keys, carrier, expected)) {
    return undefined;
  }
  const [key] = call.expression.getText().split('.').slice(-1);
  const inner = callReplacements(call, service, carrier);
  carrier.service = service;
  const text = textBehindKeys(value, call, inner);
  const [argument] = call.arguments;
  const name = `${key ?? 'get'}(${argument?.getText() ?? ''})${keys.map((each) => `.${each}`).join('')}`;
  return { text, name, mayBeMissing: key !== 'getOrThrow' && (keys.length > 0 || call.arguments.length < 2) };
}

type ReadingCall = ts.CallExpression & { readonly expression: ts.PropertyAccessExpression };

function behindKeys(node: ts.Node, carrier: Carrier): { call?: ReadingCall; keys: string[] } {
  if (ts.isPropertyAccessExpression(node)) {
    const owner = plain(node.expression);
    const { call, keys } = behindKeys(ts.isIdentifier(owner) ? carrier.follow(owner) : owner, carrier);
    return call === undefined ? { keys } : { call, keys: [...keys, node.name.text] };
  }
  return ts.isCallExpression(node) && isReading(node) ? { call: node, keys: [] } : { keys: [] };
}

function isReading(call: ts.CallExpression): call is ReadingCall {
  const { expression } = call;
  return (
    ts.isPropertyAccessExpression(expression) &&
    ['get', 'getOrThrow'].includes(expression.name.text) &&
    call.arguments.length <= 2 &&
    call.arguments.every(
      (argument) => ts.isStringLiteralLike(argument) || ts.isNumericLiteral(argument) || isPlainList(argument),
    )
  );
}

function isPlainList(node: ts.Node): boolean {
  return ts.isArrayLiteralExpression(node) && node.elements.every((element) => ts.isStringLiteralLike(element));
}

/** Undefined: what is asked is not the `ConfigService` of @nestjs/config. */
function serviceOf({ expression }: ReadingCall, carrier: Carrier): InjectedService | undefined {
  const receiver = plain(expression.expression);
  const declaration = ts.isIdentifier(receiver) ? carrier.constantOf(receiver) : undefined;
  const got = declaration?.initializer ? plain(declaration.initializer) : receiver;
  if (
    !ts.isCallExpression(got) ||
    !ts.isPropertyAccessExpression(got.expression) ||
    got.expression.name.text !== 'get'
  ) {
    return undefined;
  }
  const [token] = got.arguments;
  const imported = token && ts.isIdentifier(token) ? carrier.names.importOf(token) : undefined;
  if (token === undefined || imported?.module !== '@nestjs/config' || imported.name !== 'ConfigService') {
    return undefined;
  }
  if (declaration !== undefined) {
    carrier.follows.add(declaration);
  }
  const parameter = carrier.service?.parameter ?? (ts.isIdentifier(receiver) ? receiver.text : 'config');
  const type = { module: imported.module, name: imported.name, alias: token.getText(), from: token.getSourceFile() };
  return { parameter, type };
}

/** The service by its name there, and the type argument, which goes with it if it can. */
function callReplacements(call: ReadingCall, { parameter }: InjectedService, carrier: Carrier): Replacement[] {
  const receiver = call.expression.expression;
  const replaced = [{ start: receiver.getStart(), end: receiver.end, text: parameter }];
  const [type] = call.typeArguments ?? [];
  if (type === undefined || !ts.isTypeReferenceNode(type) || /^(Array|ReadonlyArray|Record)\b/.test(type.getText())) {
    return replaced;
  }
  const { typeName } = type;
  if (ts.isIdentifier(typeName) && type.typeArguments === undefined && carrier.carry(typeName, true)) {
    return replaced;
  }
  return [...replaced, { start: call.expression.end, end: call.arguments.pos - 1, text: '' }];
}

/** `get('cors').origin`; `cors.origin` where `cors` is a constant with what was got. */
function textBehindKeys(node: ts.Node, call: ReadingCall, inner: readonly Replacement[]): Snippet {
  if (contains(node, call)) {
    return snippetOf(node, inner);
  }
  if (!ts.isPropertyAccessExpression(node)) {
    return snippetOf(call, inner);
  }
  const owner = plain(node.expression);
  const rest = node.getText().slice(node.expression.end - node.getStart());
  return `${ts.isIdentifier(owner) ? snippetOf(call, inner) : textBehindKeys(owner, call, inner)}${rest}`;
}

/** Whether what the source says about the type fits. It says nothing without a type argument. */
function hasType(call: ReadingCall, keys: readonly string[], carrier: Carrier, expected: Expected): boolean {
  let [type] = call.typeArguments ?? [];
  for (const key of keys) {
    if (type === undefined || type.kind === ts.SyntaxKind.AnyKeyword) {
      return true;
    }
    const found = memberOf(type, key, carrier);
    if (found === undefined) {
      return false;
    }
    type = found;
  }
  if (type === undefined) {
    return true;
  }
  return TYPES[expected].test(type.getText());
}

function memberOf(type: ts.TypeNode, key: string, carrier: Carrier): ts.TypeNode | undefined {
  const declaration = ts.isTypeReferenceNode(type) ? carrier.names.declarationOf(type.typeName) : undefined;
  const shape = declaration && ts.isTypeAliasDeclaration(declaration) ? declaration.type : (declaration ?? type);
  if (!ts.isInterfaceDeclaration(shape) && !ts.isTypeLiteralNode(shape)) {
    return undefined;
  }
  const member = shape.members.find(({ name }) => name && ts.isIdentifier(name) && name.text === key);
  return member && ts.isPropertySignature(member) ? member.type : undefined;
}
