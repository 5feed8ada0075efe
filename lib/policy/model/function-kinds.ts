/** `typeof` calls a class a function, but a class cannot be called. */
export function isClass(value: unknown): boolean {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}

/** Completes what to write instead of a generator. */
export const NO_GENERATOR = 'without the * that makes it a generator';

/** It returns an object, asynchronous or not, and never true or false. */
export function isGenerator(value: unknown): boolean {
  return typeof value === 'function' && Object.prototype.toString.call(value).endsWith('GeneratorFunction]');
}

/** True for an object whose method is one. Never throws: the object may be a proxy. */
export function hasGenerator(value: unknown, name: string): boolean {
  try {
    return typeof value === 'object' && value !== null && isGenerator(Reflect.get(value, name));
  } catch {
    return false;
  }
}
