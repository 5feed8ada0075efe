import type { AbstractHttpAdapter } from '@nestjs/core';

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
  const set = adapter.setOnRequestHook.bind(adapter);
  const share = (other: unknown): void => {
    // Alone, as is usual, it is called by the adapter itself.
    set(
      isHook(other)
        ? (request: Request, reply: Reply, done: Done): void =>
            hook(request, reply, () => runOther(adapter, other, request, reply, done))
        : hook,
    );
  };
  share(Reflect.get(adapter, 'onRequestHook'));
  adapter.setOnRequestHook = share;
  return true;
}

function isHook(value: unknown): value is Hook {
  return typeof value === 'function';
}

/**
 * The other hook may complete in both ways, as it could without this one: by calling `done`, or by a promise. Whatever it throws or
 * rejects with, `undefined` and 0 included, ends the request.
 */
function runOther(adapter: AbstractHttpAdapter, other: Hook, request: unknown, reply: unknown, done: Done): void {
  let completed = false;
  const once: Done = (error) => {
    if (!completed) {
      completed = true;
      done(error);
    }
  };
  const fail = (error: unknown): void => once(error ? error : new Error('the request hook failed'));
  // A hook without a `done` parameter can only mean its promise. Nest 12's Fastify adapter takes every promise for a call of `done`.
  const isAwaited = other.length < 3 || 'runLifecycleHook' in adapter;
  try {
    const result = Reflect.apply(other, adapter, [request, reply, once]);
    if (isThenable(result)) {
      result.then(() => (isAwaited ? once() : undefined), fail);
    }
  } catch (error) {
    fail(error);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function';
}
