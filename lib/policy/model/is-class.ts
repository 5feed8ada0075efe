/** `typeof` calls a class a function, but a class cannot be called. */
export function isClass(value: unknown): boolean {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}

/** It returns an object, asynchronous or not, and never true or false. */
export function isGenerator(value: unknown): boolean {
  return typeof value === 'function' && Object.prototype.toString.call(value).endsWith('GeneratorFunction]');
}
