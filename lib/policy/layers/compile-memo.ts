import type { CompiledOrigins } from '../origins/compiled-origins.js';
import type { OriginOption } from '../origins/origin-option.js';
import type { CorsPolicy } from '../model/policy.js';
import { readValue, type WrittenValue } from './written-policy.js';

/**
 * What one start has already read and compiled. Thousands of routes inherit the same few values, and forRoot may list
 * 100 000 origins: each object is read once and each list compiled once.
 *
 * It lives as long as one start or one `update()`, not longer: by the next, the user may have changed an array in
 * place.
 */
export class CompileMemo {
  readonly #written = new WeakMap<object, WrittenValue>();
  readonly #root = new WeakMap<object, WrittenValue>();
  readonly #origins = new WeakMap<OriginOption, Map<boolean, CompiledOrigins>>();
  readonly #policies = new Map<string, CorsPolicy>();

  /**
   * One reading per object: a getter that answers differently every time cannot make two routes of one policy differ.
   */
  read(value: unknown, rootKeys?: readonly string[]): WrittenValue {
    // Reading a value that is not an object again costs nothing.
    if (typeof value !== 'object' || value === null) {
      return readValue(value);
    }
    return remember(rootKeys === undefined ? this.#written : this.#root, value, () => readValue(value, rootKeys));
  }

  /** @param nullAllowed - whether `null` may match the origins; the same list then compiles to another matcher. */
  origins(option: OriginOption, nullAllowed: boolean, compile: () => CompiledOrigins): CompiledOrigins {
    return remember(
      remember(this.#origins, option, () => new Map<boolean, CompiledOrigins>()),
      nullAllowed,
      compile,
    );
  }

  /** Equal policies are one object, which makes comparing them cheap. */
  policy(text: string, compile: () => CorsPolicy): CorsPolicy {
    return remember(this.#policies, text, compile);
  }
}

interface Memory<Key, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): unknown;
}

function remember<Key, Value>(memory: Memory<Key, Value>, key: Key, make: () => Value): Value {
  const known = memory.get(key);
  if (known !== undefined) {
    return known;
  }
  const made = make();
  memory.set(key, made);
  return made;
}
