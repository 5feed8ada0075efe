/** Runs with a key on `Object.prototype`, as a vulnerable merge somewhere in the application leaves it behind. */
export function withPolluted<T>(key: string, value: unknown, run: () => T): T {
  // eslint-disable-next-line no-extend-native -- the pollution is the point
  Object.defineProperty(Object.prototype, key, { value, configurable: true, writable: true, enumerable: false });
  try {
    return run();
  } finally {
    Reflect.deleteProperty(Object.prototype, key);
  }
}
