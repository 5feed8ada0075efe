import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  /** All `access-control-*` headers and `vary`, one to a line, sorted. */
  readonly cors: string;
}

interface Waiting {
  readonly method: string;
  readonly text: string;
  readonly settle: (answer: Answer) => void;
  readonly fail: (error: Error) => void;
}

/** A connection that sends without waiting, and reads the answers in order. No client of Node's is as quick. */
export class Connection {
  /** One exchange on a connection that is not used again. */
  static async sendOnce(port: number, method: string, text: string): Promise<Answer> {
    const connection = new Connection(port);
    try {
      return await connection.send(method, text);
    } finally {
      connection.close();
    }
  }

  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  #unread = '';

  constructor(readonly port: number) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text: string) => {
      this.#unread += text;
      this.#readAll();
    });
    this.#socket.on('error', (error) => this.#failAll(error));
    this.#socket.on('close', () => this.#failAll(new Error('the server closed the connection')));
  }

  async send(method: string, text: string): Promise<Answer> {
    return new Promise((settle, fail) => {
      this.#waiting.push({ method, text, settle, fail });
      this.#socket.write(text, 'latin1');
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #readAll(): void {
    for (;;) {
      const head = this.#unread.indexOf('\r\n\r\n');
      const [first] = this.#waiting;
      if (head === -1 || first === undefined) {
        return;
      }
      const lines = this.#unread.slice(0, head).split('\r\n');
      const status = Number(lines[0]?.split(' ')[1]);
      const bodiless = first.method === 'HEAD' || status === 204 || status === 304;
      const end = bodiless ? head + 4 : bodyEnd(this.#unread, head + 4, lines);
      if (end === undefined) {
        return;
      }
      this.#unread = this.#unread.slice(end);
      this.#waiting.shift();
      first.settle({ status, cors: corsLines(lines) });
    }
  }

  #failAll(error: Error): void {
    for (const { text, fail } of this.#waiting.splice(0)) {
      fail(new Error(`${error.message} instead of an answer to\n${text}`));
    }
  }
}

/** Where the body ends; undefined: it has not arrived in whole. */
function bodyEnd(text: string, start: number, lines: readonly string[]): number | undefined {
  const length = lines.find((line) => /^content-length:/i.test(line));
  if (length !== undefined) {
    const end = start + Number(length.slice(15));
    return text.length >= end ? end : undefined;
  }
  let at = start;
  for (;;) {
    const line = text.indexOf('\r\n', at);
    if (line === -1) {
      return undefined;
    }
    const size = Number.parseInt(text.slice(at, line), 16);
    at = line + 2 + size + 2;
    if (text.length < at) {
      return undefined;
    }
    if (size === 0) {
      return at;
    }
  }
}

function corsLines(lines: readonly string[]): string {
  return lines
    .filter((line) => /^(?:access-control-|vary:)/i.test(line))
    .map((line) => `${line.slice(0, line.indexOf(':')).toLowerCase()}${line.slice(line.indexOf(':'))}`)
    .toSorted()
    .join('\n');
}
