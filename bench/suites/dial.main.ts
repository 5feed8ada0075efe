/** The process that opens sockets, or talks on one, as often as it is told; it reads no more of an answer than it has to. */
import { connect, type Socket } from 'node:net';

import { GATEWAY_PATHS, type SocketKind } from '../apps/gateways.js';
import { ALLOWED } from '../apps/policies.js';

/** What it is told. */
export interface DialOrder {
  readonly port: number;
  readonly kind: SocketKind;
  readonly handshakes: number;
  /** On one socket, after the handshakes, each answered before the next is sent. */
  readonly messages: number;
}

/** What it says. */
export interface DialReport {
  /** Handshakes and messages that went wrong. */
  readonly faults: readonly string[];
}

const AT_ONCE = 8;
const MESSAGES: Readonly<Record<SocketKind, string>> = {
  ws: JSON.stringify({ event: 'echo', data: 'hello' }),
  'socket.io': '42["echo","hello"]',
};

process.on('disconnect', () => process.exit());
process.on('message', (order: DialOrder) => {
  obey(order).then(
    () => process.send?.({ faults: [] } satisfies DialReport),
    (error: unknown) => process.send?.({ faults: [String(error)] } satisfies DialReport),
  );
});

async function obey({ port, kind, handshakes, messages }: DialOrder): Promise<void> {
  let left = handshakes;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const line = await Line.open(port, kind);
      line.hangUp();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (messages > 0) {
    const line = await Line.open(port, kind);
    for (let sent = 0; sent < messages; sent += 1) {
      await line.ask(MESSAGES[kind], 'hello');
    }
    line.hangUp();
  }
}

/** An open socket. */
class Line {
  #received = '';
  #awaited:
    { readonly answer: string; readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1');
    socket.on('data', (part: string) => {
      this.#received += part;
      if (this.#awaited !== undefined && this.#received.includes(this.#awaited.answer)) {
        this.#received = '';
        this.#awaited.resolve();
      }
    });
    socket.on('error', (error) => this.#awaited?.reject(error));
    socket.on('close', () => this.#awaited?.reject(new Error(`hung up after ${this.#received}`)));
  }

  /** Of socket.io, joined to its namespace. */
  static async open(port: number, kind: SocketKind): Promise<Line> {
    const line = new Line(connect({ host: '127.0.0.1', port, noDelay: true }));
    const handshake = [
      `GET ${GATEWAY_PATHS[kind]} HTTP/1.1`,
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Origin: ${ALLOWED}`,
      '',
      '',
    ].join('\r\n');
    // What no refusal has.
    await line.#send(handshake, kind === 'ws' ? 'Sec-WebSocket-Accept' : '0{"sid"');
    if (kind === 'socket.io') {
      await line.ask('40', '40{"sid"');
    }
    return line;
  }

  async ask(message: string, answer: string): Promise<void> {
    const payload = Buffer.from(message, 'latin1');
    // One frame of text, masked with zeros.
    const frame = Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
    return this.#send(frame.toString('latin1'), answer);
  }

  hangUp(): void {
    this.#awaited = undefined;
    this.socket.resetAndDestroy();
  }

  async #send(bytes: string, answer: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#awaited = { answer, resolve, reject };
      this.socket.write(bytes, 'latin1');
    });
  }
}
