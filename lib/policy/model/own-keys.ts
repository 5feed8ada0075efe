/**
 * Only own keys of an options object count. An option found on a prototype is either pollution of
 * `Object.prototype`, which must not open anything, or a getter of a class, which is refused with a message rather
 * than silently ignored.
 */

/** The value of an own key; undefined where there is none, whatever a prototype says. */
export function ownValue(options: object, key: PropertyKey): unknown {
  return Object.hasOwn(options, key) ? Reflect.get(options, key) : undefined;
}

/** A copy with the own keys and nothing else, so that a key that was left out reads as undefined. Each getter runs once. */
export function ownOptions<Options extends object>(options: Options): Options {
  return withoutPrototype({ ...options });
}

/** For objects whose optional keys are read by name: a missing key is not looked up on `Object.prototype`. */
export function withoutPrototype<Values extends object>(values: Values): Values {
  // eslint-disable-next-line unicorn/no-null -- no prototype is null to the language
  Object.setPrototypeOf(values, null);
  return values;
}

/** True for an object as `{}` or `JSON.parse` makes it, of any realm: nothing but `Object.prototype` lies behind it. */
export function isPlainObject(options: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(options);
  return prototype === null || isObjectPrototype(prototype);
}

/**
 * The name of an option that the object has from its class (a getter, for example), not as an own key. A property of
 * `Object.prototype` does not count.
 */
export function inheritedOption(options: object, names: readonly string[]): string | undefined {
  let prototype: unknown = Object.getPrototypeOf(options);
  while (typeof prototype === 'object' && prototype !== null && !isObjectPrototype(prototype)) {
    const owner = prototype;
    const name = names.find((each) => Object.hasOwn(owner, each) && !Object.hasOwn(options, each));
    if (name !== undefined) {
      return name;
    }
    prototype = Object.getPrototypeOf(owner);
  }
  return undefined;
}

/** Recognised by its properties, not by identity: tests and plugins may run in another realm. */
function isObjectPrototype(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value) === null &&
    Object.hasOwn(value, 'isPrototypeOf')
  );
}
