/** A class of a chain of inheritance. */
export interface ClassLink {
  readonly target: object;
  readonly name: string;
  readonly prototype: object;
}

/** A class and what it extends, base class first. */
export function classChain(type: object): readonly ClassLink[] {
  const chain: ClassLink[] = [];
  for (let target: unknown = type; typeof target === 'function'; target = Object.getPrototypeOf(target)) {
    const prototype: unknown = Reflect.get(target, 'prototype');
    // Function.prototype is a function too, and the end of every chain.
    if (typeof prototype !== 'object' || prototype === null) {
      break;
    }
    chain.unshift({ target, name: target.name, prototype });
  }
  return chain;
}
