/** A message as pg gives it. */
export interface PostgresNotification {
  readonly channel: string;
  readonly payload?: string | undefined;
}

/** What is used of a client from a pool of pg. */
export interface PostgresClient {
  query(text: string): Promise<unknown>;
  on(event: 'notification', listener: (message: PostgresNotification) => void): unknown;
  on(event: 'error' | 'end', listener: () => void): unknown;
  off(event: 'notification', listener: (message: PostgresNotification) => void): unknown;
  off(event: 'error' | 'end', listener: () => void): unknown;
  /** @param destroy - closes the connection instead of reusing it. */
  release(destroy?: boolean): void;
}

/** A client of the pool, while the bus holds it. */
export class Connection {
  #isOurs = true;
  #isBroken = false;
  #onBroken: () => void = () => undefined;
  readonly #break = (): void => {
    this.#isBroken = true;
    if (this.#isOurs) {
      this.#onBroken();
    }
  };

  constructor(
    readonly client: PostgresClient,
    private readonly receive: (message: PostgresNotification) => void,
  ) {
    client.on('notification', receive);
    client.on('error', this.#break);
    client.on('end', this.#break);
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  whenBroken(run: () => void): void {
    this.#onBroken = run;
    if (this.#isBroken) {
      run();
    }
  }

  giveBack(): void {
    if (this.#isOurs) {
      this.#letGo();
      this.client.off('error', this.#break);
      this.client.release(false);
    }
  }

  /** A destroyed client may still emit an error, and an error without a listener ends the process. */
  destroy(): void {
    if (this.#isOurs) {
      this.#letGo();
      this.client.release(true);
    }
  }

  #letGo(): void {
    this.#isOurs = false;
    this.client.off('notification', this.receive);
    this.client.off('end', this.#break);
  }
}
