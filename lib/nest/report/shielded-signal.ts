import { settle } from './settle.js';

type Listener = (event: Event) => void;

/**
 * What a listener of a signal throws, Node throws again where nobody can catch it, and the process ends. So the listeners of this
 * one are called by us, and what they throw or reject with is told to `onFailure`, which must not throw.
 *
 * `onabort` and Node's own ways to listen come through `addEventListener` as well.
 */
export function shieldListeners(signal: AbortSignal, onFailure: (error: unknown) => void): void {
  // A listener that is added twice is one, and one that was added can be taken away.
  const shields = new WeakMap<object, Listener>();
  const shielded = (listener: unknown): unknown => {
    if (!isListener(listener)) {
      return listener;
    }
    const shield = shields.get(listener) ?? shieldOf(listener, signal, onFailure);
    shields.set(listener, shield);
    return shield;
  };
  for (const name of ['addEventListener', 'removeEventListener'] as const) {
    const original = signal[name];
    Object.defineProperty(signal, name, {
      value: (type: unknown, listener: unknown, ...options: unknown[]): unknown =>
        Reflect.apply(original, signal, [type, shielded(listener), ...options]),
      configurable: true,
      writable: true,
    });
  }
}

function shieldOf(listener: object, signal: AbortSignal, onFailure: (error: unknown) => void): Listener {
  return (event) => {
    try {
      const handle: unknown = typeof listener === 'function' ? listener : Reflect.get(listener, 'handleEvent');
      if (typeof handle === 'function') {
        settle(Reflect.apply(handle, typeof listener === 'function' ? signal : listener, [event]), onFailure);
      }
    } catch (error) {
      onFailure(error);
    }
  };
}

function isListener(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
