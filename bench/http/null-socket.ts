import { Socket } from 'node:net';

/** A socket that is connected to nothing: what is written to it has arrived. */
export class NullSocket extends Socket {
  /** What was written, where somebody wants to read it. */
  written: string[] | undefined;

  override write(chunk: unknown, ...rest: unknown[]): boolean {
    this.written?.push(String(chunk));
    const callback = rest.at(-1);
    if (typeof callback === 'function') {
      process.nextTick(callback);
    }
    return true;
  }

  override cork(): void {}
  override uncork(): void {}

  override setTimeout(): this {
    return this;
  }
}
