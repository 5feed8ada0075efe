import type { CorsBus } from 'nestjs-cors';

/** A bus between applications in one process. What it carried, who listens, and how it fails can be told. */
export class InProcessBus implements CorsBus {
  readonly listeners = new Set<(message: string) => void>();
  readonly messages: string[] = [];
  /** What `publish()` and `subscribe()` reject with. */
  failure: Error | undefined;

  async publish(message: string): Promise<void> {
    await Promise.resolve();
    if (this.failure !== undefined) {
      throw this.failure;
    }
    this.messages.push(message);
    this.deliver(message);
  }

  async subscribe(listener: (message: string) => void): Promise<() => Promise<void>> {
    await Promise.resolve();
    if (this.failure !== undefined) {
      throw this.failure;
    }
    this.listeners.add(listener);
    return async () => {
      await Promise.resolve();
      this.listeners.delete(listener);
    };
  }

  deliver(message: unknown): void {
    for (const listener of this.listeners) {
      listener(message as string);
    }
  }
}
