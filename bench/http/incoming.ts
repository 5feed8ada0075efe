import { IncomingMessage, type IncomingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';

/** What a request says. Header names in lower case, as Node has them. */
export interface RequestWords {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What Chromium sends with any fetch. */
const USUAL_HEADERS = {
  host: 'api.example.com',
  connection: 'keep-alive',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  accept: '*/*',
  'sec-fetch-site': 'cross-site',
  'sec-fetch-mode': 'cors',
  'sec-fetch-dest': 'empty',
  'accept-encoding': 'gzip, deflate, br',
  'accept-language': 'en-US,en;q=0.9',
};

/**
 * Makes requests as Node's parser does: headers are parsed when they are first read, and target and header values are strings
 * that nothing has looked at yet. A string that is used again would keep its hash, and a look-up would cost less than it does.
 */
export class RequestMaker {
  readonly #method: string;
  readonly #url: Buffer;
  readonly #origin: Buffer | undefined;
  readonly #names: readonly string[];
  readonly #values: readonly Buffer[];
  #parsed: IncomingHttpHeaders | undefined;

  constructor({ method, url, headers }: RequestWords) {
    const all: Record<string, string> = { ...USUAL_HEADERS, ...headers };
    this.#method = method;
    this.#origin = headers['origin'] === undefined ? undefined : Buffer.from(headers['origin'], 'latin1');
    this.#url = Buffer.from(url, 'latin1');
    this.#names = Object.keys(all);
    this.#values = Object.values(all).map((value) => Buffer.from(value, 'latin1'));
  }

  /**
   * A request whose headers have been read already: parsing them is no part of what is compared. It is a new one each time, as
   * middleware may leave something on a request that a second look would find there.
   */
  makeRead(socket: Socket, origin = this.#origin): IncomingMessage {
    const request = this.#bare(socket);
    request.complete = true;
    request.headers = { ...(this.#parsed ??= { ...this.make(socket).headers }) };
    if (origin !== undefined) {
      request.headers.origin = origin.toString('latin1');
    }
    return request;
  }

  make(socket: Socket): IncomingMessage {
    const request = this.#bare(socket);
    const lines: string[] = [];
    for (let index = 0; index < this.#names.length; index += 1) {
      lines.push(this.#names[index] ?? '', this.#values[index]?.toString('latin1') ?? '');
    }
    addLines(request, lines);
    request.complete = true;
    return request;
  }

  #bare(socket: Socket): IncomingMessage {
    const request = new IncomingMessage(socket);
    request.method = this.#method;
    request.url = this.#url.toString('latin1');
    request.httpVersion = '1.1';
    request.httpVersionMajor = 1;
    request.httpVersionMinor = 1;
    return request;
  }
}

/** What the parser calls, and what the types leave out. */
function addLines(request: IncomingMessage, lines: readonly string[]): void {
  (request as unknown as { _addHeaderLines(lines: readonly string[], count: number): void })._addHeaderLines(
    lines,
    lines.length,
  );
}
