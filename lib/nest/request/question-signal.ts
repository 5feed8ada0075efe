import { shieldListeners } from '../report/shielded-signal.js';

/** The `signal` of a question. It is created when it is read: most functions never read it. */
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
