/**
 * What Nest's container gets in place of an object with private fields.
 *
 * Nest passes every provider to `instrument.instanceDecorator`, which may return a proxy or an object that is derived from it.
 * Neither has the private fields, but a property leads through both to the object itself.
 */
export interface Holder<T extends object> {
  readonly held: T;
}

/** Creates the holders of one kind of object, and opens them again. */
export class Holders<T extends object> {
  readonly #held = new WeakSet<object>();

  hold(object: T): Holder<T> {
    this.#held.add(object);
    // A proxy has to return the value of a frozen property as it is.
    return Object.freeze({ held: object });
  }

  /** Undefined for anything else: what Nest keeps in its place until it is there, and what a mocker has returned. Never throws. */
  open(given: unknown): T | undefined {
    try {
      const held: unknown = typeof given === 'object' && given !== null && 'held' in given ? given.held : undefined;
      return this.#isHeld(held) ? held : undefined;
    } catch {
      return undefined;
    }
  }

  #isHeld(value: unknown): value is T {
    return typeof value === 'object' && value !== null && this.#held.has(value);
  }
}
