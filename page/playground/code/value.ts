/**
 * Reads values that are written as code, without running any of it: a link that anybody may have written brings the text. Only
 * the kinds of expressions listed here have a meaning.
 */
import type { ArrayExpression, BinaryExpression, Expression, Literal, ObjectExpression, Property } from 'acorn';
import { CodeError } from './code-error.js';

/** What some names mean when they are called, such as `originList('…')`. */
export type Calls = Readonly<Record<string, (values: readonly unknown[]) => unknown>>;

const NAMES: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['undefined', undefined],
  ['Infinity', Infinity],
  ['NaN', NaN],
]);

/** Throws a {@link CodeError} at what is not supported. */
export function valueOf(node: Expression, calls: Calls = {}): unknown {
  switch (node.type) {
    case 'Literal':
      return literal(node);
    case 'TemplateLiteral': {
      const [text, ...others] = node.quasis;
      if (text === undefined || others.length > 0) {
        throw new CodeError('Templates with ${…} are not read here: write the text itself', node.start);
      }
      return text.value.cooked;
    }
    case 'Identifier':
      if (!NAMES.has(node.name)) {
        throw new CodeError(`${node.name} has no value here: write the value itself`, node.start);
      }
      return NAMES.get(node.name);
    case 'UnaryExpression': {
      const value = valueOf(node.argument, calls);
      if ((node.operator !== '-' && node.operator !== '+') || typeof value !== 'number') {
        throw new CodeError(`The operator ${node.operator} is not read here: write the value itself`, node.start);
      }
      return node.operator === '-' ? -value : value;
    }
    case 'BinaryExpression':
      return computed(node, calls);
    case 'ArrayExpression':
      return list(node, calls);
    case 'ObjectExpression':
      return object(node, calls);
    case 'ParenthesizedExpression':
      return valueOf(node.expression, calls);
    case 'CallExpression':
    case 'NewExpression':
      return called(node, calls);
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      throw new CodeError(
        'Functions are not run here, as anybody can have written the link to this page: write the origins as a list',
        node.start,
      );
    case 'MemberExpression':
      throw new CodeError('Variables have no value here: write the value itself', node.start);
    default:
      throw new CodeError(
        'This is not a value that can be read here: write strings, lists, objects or RegExps',
        node.start,
      );
  }
}

function literal(node: Literal): unknown {
  if (node.regex === undefined || node.regex === null) {
    return node.value;
  }
  try {
    return new RegExp(node.regex.pattern, node.regex.flags);
  } catch {
    throw new CodeError('This browser does not know this kind of RegExp', node.start);
  }
}

/** `60 * 60`, and texts that are too long for a line. */
function computed(node: BinaryExpression, calls: Calls): unknown {
  const [left, right] = [node.left, node.right].map((side) => {
    if (side.type === 'PrivateIdentifier') {
      throw new CodeError('This is not a value', side.start);
    }
    return valueOf(side, calls);
  });
  if (typeof left === 'string' && typeof right === 'string' && node.operator === '+') {
    return left + right;
  }
  if (typeof left === 'number' && typeof right === 'number') {
    switch (node.operator) {
      case '+':
        return left + right;
      case '-':
        return left - right;
      case '*':
        return left * right;
      case '/':
        return left / right;
      default:
        break;
    }
  }
  throw new CodeError(`The operator ${node.operator} is not read here: write the value itself`, node.start);
}

function list(node: ArrayExpression, calls: Calls): unknown[] {
  return node.elements.flatMap((element) => {
    if (element === null) {
      throw new CodeError('There is nothing between two commas', node.start);
    }
    if (element.type !== 'SpreadElement') {
      return [valueOf(element, calls)];
    }
    const spread = valueOf(element.argument, calls);
    if (!Array.isArray(spread)) {
      throw new CodeError('Only a list can be spread here', element.start);
    }
    return spread as unknown[];
  });
}

function object(node: ObjectExpression, calls: Calls): object {
  const made = {};
  for (const property of node.properties) {
    if (property.type === 'SpreadElement') {
      throw new CodeError('Objects are not spread here: write the keys themselves', property.start);
    }
    const value = valueOf(plainValue(property), calls);
    // As a key of its own, whatever its name.
    Object.defineProperty(made, keyOf(property), { value, enumerable: true, configurable: true, writable: true });
  }
  return made;
}

function plainValue(property: Property): Expression {
  if (property.kind !== 'init') {
    throw new CodeError('Getters and setters are not read here', property.start);
  }
  if (property.shorthand) {
    throw new CodeError('A key needs a value here: variables have none', property.start);
  }
  return property.value;
}

function keyOf({ key, computed: isComputed, start }: Property): string {
  if (isComputed || (key.type !== 'Identifier' && key.type !== 'Literal')) {
    throw new CodeError('A key has to be written as it is, without brackets', start);
  }
  const name = key.type === 'Identifier' ? key.name : String(key.value);
  if (name === '__proto__') {
    throw new CodeError('The key __proto__ is not read here', start);
  }
  return name;
}

function called(node: Expression & { type: 'CallExpression' | 'NewExpression' }, calls: Calls): unknown {
  const prefix = node.type === 'NewExpression' ? 'new ' : '';
  const name = prefix + nameOf(node.callee);
  const call = Object.hasOwn(calls, name) ? calls[name] : undefined;
  if (call === undefined) {
    throw new CodeError(`${name}() is not run here: write the value itself`, node.start);
  }
  const values = node.arguments.map((argument) => {
    if (argument.type === 'SpreadElement') {
      throw new CodeError('Arguments are not spread here', argument.start);
    }
    return valueOf(argument, calls);
  });
  try {
    return call(values);
  } catch (error) {
    throw new CodeError(`${name}(): ${error instanceof Error ? error.message : String(error)}`, node.start);
  }
}

/** `CorsModule.forRoot`; empty for what is not a plain name. */
export function nameOf(node: Expression | { readonly type: 'Super' }): string {
  if (node.type === 'Identifier') {
    return node.name;
  }
  if (node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier') {
    const owner = nameOf(node.object);
    return owner === '' ? '' : `${owner}.${node.property.name}`;
  }
  return '';
}
