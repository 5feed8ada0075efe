import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/**
 * The few commands of Firefox's own protocol that are needed to read its console: what the network layer writes there is
 * no event of WebDriver BiDi.
 * @see https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
 */
export class Marionette {
  #received = Buffer.alloc(0);
  #id = 0;

  private constructor(private readonly socket: Socket) {}

  /** Waits until Firefox listens, as long as `isRunning` says that there is one. */
  static async connect(port: number, isRunning: () => boolean): Promise<Marionette> {
    for (;;) {
      const socket = connect(port, '127.0.0.1');
      try {
        await once(socket, 'connect');
        const marionette = new Marionette(socket);
        await marionette.#read();
        return marionette;
      } catch (error) {
        socket.destroy();
        if (!isRunning()) {
          throw new Error('Firefox has ended', { cause: error });
        }
      }
    }
  }

  async command(name: string, parameters: object = {}): Promise<unknown> {
    this.#id += 1;
    const text = JSON.stringify([0, this.#id, name, parameters]);
    this.socket.write(`${Buffer.byteLength(text)}:${text}`);
    const [, , error, result] = (await this.#read()) as [number, number, unknown, unknown];
    if (error) {
      throw new Error(`${name}: ${JSON.stringify(error)}`);
    }
    return result;
  }

  close(): void {
    this.socket.destroy();
  }

  /** Each message comes as its length, a colon, and JSON. */
  async #read(): Promise<unknown> {
    for (;;) {
      const colon = this.#received.indexOf(':');
      const end = colon + 1 + Number(this.#received.subarray(0, Math.max(colon, 0)).toString());
      if (colon !== -1 && this.#received.length >= end) {
        const text = this.#received.subarray(colon + 1, end).toString();
        this.#received = this.#received.subarray(end);
        return JSON.parse(text);
      }
      const [chunk] = (await once(this.socket, 'data')) as [Buffer];
      this.#received = Buffer.concat([this.#received, chunk]);
    }
  }
}
