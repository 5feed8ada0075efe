/** What the arguments of Nest's decorators mean. */
import { CodeError } from './code-error.js';
import { LONGEST_PATH } from './limits.js';

export interface Decorator {
  readonly name: string;
  readonly values: readonly unknown[];
  readonly at: number;
}

/** Decorators run from the last to the first. */
export function corsOf(decorators: readonly Decorator[]): readonly unknown[] {
  return decorators
    .filter(({ name }) => name === 'Cors')
    .map(({ values }) => values[0])
    .toReversed();
}

export function pathsOf({ values: [value = '/'], name, at }: Decorator): readonly string[] {
  const given = typeof value === 'object' && value !== null && !Array.isArray(value) ? pathOfObject(value, at) : value;
  const paths: readonly unknown[] = Array.isArray(given) ? given : [given];
  return paths.map((path) => {
    if (typeof path !== 'string') {
      throw new CodeError(`@${name}() takes a path as a string, or a list of them`, at);
    }
    if (path.length > LONGEST_PATH) {
      throw new CodeError(`A path of @${name}() is longer than ${LONGEST_PATH} characters`, at);
    }
    if (/\*(?![\w$])/.test(path)) {
      throw new CodeError(`A wildcard needs a name: write ${path.replace(/\*(?![\w$])/, '*rest')}`, at);
    }
    return path;
  });
}

function pathOfObject(value: object, at: number): unknown {
  for (const key of Object.keys(value)) {
    if (key === 'version') {
      throw new CodeError(
        "Versions are not known here: write the version into the path, as in @Controller('v1/cats')",
        at,
      );
    }
    if (key !== 'path') {
      throw new CodeError(`${key} of a controller is not read here: leave it out`, at);
    }
  }
  return Reflect.get(value, 'path') ?? '/';
}

/** Of a final answer. */
export function isStatus(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 200 && value <= 599;
}

export function statusOf({ values: [value], at }: Decorator): number {
  if (!isStatus(value)) {
    throw new CodeError('@HttpCode() takes a status from 200 to 599', at);
  }
  return value;
}

function headerOf({ values: [name, value], at }: Decorator): readonly [string, string] {
  if (typeof name !== 'string' || typeof value !== 'string') {
    throw new CodeError('@Header() takes a name and a value, as strings', at);
  }
  try {
    new Headers().set(name, value);
  } catch {
    throw new CodeError(`@Header() cannot send ${JSON.stringify(name)}: ${JSON.stringify(value)}`, at);
  }
  return [name, value];
}

/** One line for each name, as the platforms set them one after the other: with the spelling and the value of the last. */
export function headersOf(decorators: readonly Decorator[]): readonly (readonly [name: string, value: string])[] {
  const lines = new Map<string, readonly [name: string, value: string]>();
  for (const [name, value] of decorators.map(headerOf)) {
    lines.set(name.toLowerCase(), [name, value]);
  }
  return [...lines.values()];
}
