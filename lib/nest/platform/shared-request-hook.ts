import { AbstractHttpAdapter } from '@nestjs/core';

type Done = (error?: unknown) => void;
type Hook = (request: unknown, reply: unknown, done: Done) => unknown;

/** On an adapter whose slot is taken: by an earlier application, or by another copy of this package. */
const TAKEN = Symbol.for('nestjs-cors:hook-slot');

/**
 * Takes the adapter's one slot for a request hook and shares it: hooks that were set before or are set later (by a tracer, for
 * example) run after this one. False if it was taken already: two hooks that each keep the other would call each other for ever.
 *
 * Nothing is returned to the adapter: Nest 12's Fastify adapter takes a promise that resolves for a call of `done`.
 */
export function takeHookSlot<Request, Reply>(
  adapter: AbstractHttpAdapter,
  hook: (request: Request, reply: Reply, done: () => void) => void,
): boolean {
  if (Reflect.get(adapter, TAKEN) === true) {
    return false;
  }
  Object.defineProperty(adapter, TAKEN, { value: true });
  let other: unknown = Reflect.get(adapter, 'onRequestHook');
  adapter.setOnRequestHook((request: Request, reply: Reply, done: Done): void => {
    const next = other;
    // No closure if there is no other hook, as is usual.
    hook(request, reply, isHook(next) ? () => runOther(next, request, reply, done) : done);
  });
  adapter.setOnRequestHook = (later: unknown): void => {
    other = later;
  };
  return true;
}

/** `AbstractHttpAdapter` has the method too, but it does nothing: an adapter has a slot if it overrides the method. */
export function hasHookSlot(adapter: AbstractHttpAdapter): boolean {
  return (
    typeof adapter.setOnRequestHook === 'function' &&
    adapter.setOnRequestHook !== AbstractHttpAdapter.prototype.setOnRequestHook
  );
}

function isHook(value: unknown): value is Hook {
  return typeof value === 'function';
}

/** The other hook may complete in both ways, as it could without this one: by calling `done`, or by a promise. */
function runOther(other: Hook, request: unknown, reply: unknown, done: Done): void {
  let completed = false;
  const once: Done = (error) => {
    if (!completed) {
      completed = true;
      done(error);
    }
  };
  try {
    const result = other(request, reply, once);
    if (result instanceof Promise) {
      result.then(
        // A hook without a `done` parameter can only mean its promise.
        () => (other.length < 3 ? once() : undefined),
        once,
      );
    }
  } catch (error) {
    once(error);
  }
}
