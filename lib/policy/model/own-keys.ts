/**
 * What somebody passed in says only what it says itself. An option found on a prototype is either somebody's pollution
 * of `Object.prototype`, which must not open anything, or a getter of a class, which is refused with a sentence rather
 * than dropped in silence.
 */

/** The value of an own key; undefined where there is none, whatever a prototype says. */
export function ownValue(options: object, key: PropertyKey): unknown {
  return Object.hasOwn(options, key) ? Reflect.get(options, key) : undefined;
}

/** A copy with the own keys and nothing else, so that a key that was left out reads as undefined. Each getter runs once. */
export function ownOptions<Options extends object>(options: Options): Options {
  return withoutPrototype({ ...options });
}

/** For objects whose optional keys are read by name: what is not there is not looked for on `Object.prototype`. */
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
 * The name of an option that the object has from its class (a getter, say) and not of its own. What stands on
 * `Object.prototype` is nobody's option.
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

/** By what it has, not by identity: tests and plugins may run in a realm of their own. */
function isObjectPrototype(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value) === null &&
    Object.hasOwn(value, 'isPrototypeOf')
  );
}
