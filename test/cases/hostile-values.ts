/**
 * What code of an app may throw, return, reject with or resolve to, however little sense it makes. None of them is `true` or
 * `false`, so none is an answer about an origin. Made anew for each use: some work only once.
 */
export const HOSTILE_VALUES: readonly (readonly [title: string, make: () => unknown])[] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['a number', () => Number.NaN],
  ['a bigint', () => 10n ** 400n],
  ['a symbol', () => Symbol('\u001b[31m\r\n')],
  ['a text', () => 'line\r\nbreak \u001b[31m\u2028'],
  ['a long text', () => 'x'.repeat(1_000_000)],
  ['a function', () => Object.defineProperty(() => undefined, 'name', { get: boom })],
  ['a class', () => class Thrown {}],
  ['an object without a prototype', () => Object.create(null)],
  ['an object that cannot be printed', () => ({ toString: boom, valueOf: boom, [Symbol.toPrimitive]: boom })],
  ['an object whose constructor throws', () => Object.defineProperty({}, 'constructor', { get: boom })],
  ['an error', () => new Error('line\r\nbreak \u001b[31m')],
  ['a TypeError', () => new TypeError('callback is not a function')],
  ['an error without a message', () => errorWith({ value: undefined })],
  ['an error with a symbol for its message', () => errorWith({ value: Symbol('message') })],
  ['an error with an object for its message', () => errorWith({ value: { toString: boom, length: 3 } })],
  ['an error whose message throws', () => errorWith({ get: boom })],
  ['an error whose message is read once', () => errorWith({ get: once('first', 7) })],
  ['an error with a long message', () => new Error('x'.repeat(1_000_000))],
  ['an error whose stack and name throw', () => errorWith({ value: '' }, ['stack', 'name', 'cause', 'code'])],
  ['an error whose prototype is a proxy', () => Object.setPrototypeOf(new Error('x'), trapped({}))],
  ['a proxy', () => trapped({})],
  ['a proxy of an error', () => trapped(new Error('x'))],
  ['a proxy of a function', () => trapped(() => true)],
  ['a proxy that says it is an error', () => new Proxy({}, { getPrototypeOf: () => Error.prototype, get: boom })],
  ['a revoked proxy', revoked],
];

/** What looks like a promise, and never comes to an answer that could count. */
export const HOSTILE_THENABLES: readonly (readonly [title: string, make: () => unknown])[] = [
  ['then is a getter that throws', () => Object.defineProperty({}, 'then', { get: boom })],
  ['then throws', () => ({ then: boom })],
  ['then throws what cannot be read', () => ({ then: thrower(trapped({})) })],
  ['then resolves twice, to nothing first', () => thenable((resolve) => [resolve(undefined), resolve(true)])],
  ['then rejects, then resolves', () => thenable((resolve, reject) => [reject(trapped({})), resolve(true)])],
  ['then resolves to a revoked proxy, and throws', () => thenable((resolve) => [resolve(revoked()), boom()])],
  ['then resolves to what rejects', () => thenable((resolve) => resolve(Promise.reject(errorWith({ get: boom }))))],
  ['then rejects later', () => thenable((_, reject) => setImmediate(() => reject(errorWith({ get: boom }))))],
  ['then never calls back', () => ({ then: () => undefined })],
  ['a promise with a then of its own', () => Object.assign(Promise.resolve(1), { then: boom })],
  ['a promise whose constructor throws', () => Object.defineProperty(Promise.resolve(1), 'constructor', { get: boom })],
  ['a promise that rejects later', async () => immediately(() => Promise.reject(errorWith({ get: boom })))],
];

/** A function that throws this: no error, as that is the point. */
export function thrower(value: unknown): () => never {
  return () => {
    throw value;
  };
}

/** A proxy whose every trap throws. */
export function trapped(target: object): object {
  return new Proxy(target, new Proxy({}, { get: () => boom }));
}

export function boom(): never {
  throw new Error('boom');
}

/** Everything that a promise or a `nextTick` has to say is said by then. */
export async function turn(): Promise<void> {
  await immediately(async () => immediately(async () => Promise.resolve()));
}

async function immediately<T>(work: () => Promise<T>): Promise<T> {
  await new Promise((resolve) => setImmediate(resolve));
  return work();
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function thenable(then: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => unknown): object {
  return { then };
}

function errorWith(message: PropertyDescriptor, throwing: readonly string[] = []): Error {
  const error = Object.defineProperty(new Error('x'), 'message', message);
  for (const key of throwing) {
    Object.defineProperty(error, key, { get: boom });
  }
  return error;
}

/** A getter with another answer the second time. */
function once(first: unknown, then: unknown): () => unknown {
  const answers = [first];
  return () => (answers.length > 0 ? answers.pop() : then);
}
