import { settle } from '../report/settle.js';

type Listener = (event: Event) => void;

/**
 * The `signal` of a question. It is created when it is read: most functions never read it.
 *
 * If a listener of a signal throws, Node throws the error again where it cannot be caught, and the process ends. So listeners
 * are called here, and their errors and rejections go to `onFailure`.
 */
export class QuestionSignal {
  #controller: AbortController | undefined;
  #isAborted = false;

  /** @param onFailure - must not throw. */
  constructor(private readonly onFailure: (error: unknown) => void) {}

  get isAborted(): boolean {
    return this.#isAborted;
  }

  get signal(): AbortSignal {
    this.#controller ??= this.#create();
    return this.#controller.signal;
  }

  abort(): void {
    this.#isAborted = true;
    this.#controller?.abort();
  }

  #create(): AbortController {
    const controller = new AbortController();
    shieldListeners(controller.signal, this.onFailure);
    if (this.#isAborted) {
      controller.abort();
    }
    return controller;
  }
}

/** `onabort` and Node's own ways to listen come through `addEventListener` as well. */
function shieldListeners(signal: AbortSignal, onFailure: (error: unknown) => void): void {
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
