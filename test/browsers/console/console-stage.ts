import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '../../support/free-port.js';
import type { ConsoleCase } from './console-cases.js';

/** How the documentation calls the page and the API; in answers it stands for the page that really asks. */
export const APP = 'https://app.example.com';
export const API = 'https://api.example.com';

/** By method. */
export type Answers = Readonly<
  Record<string, { readonly status: number; readonly headers: Readonly<Record<string, string | readonly string[]>> }>
>;

/** A page for each case, and the server that it calls. */
export class ConsoleStage {
  readonly #page = createServer((request, response) => this.#servePage(request, response));
  readonly #api = createServer((request, response) => this.#answer(request, response));
  #downOrigin = '';

  constructor(private readonly cases: readonly ConsoleCase[]) {
    this.#api.on('upgrade', (_request, socket) => {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    });
  }

  async open(): Promise<void> {
    await Promise.all([listen(this.#page), listen(this.#api)]);
    this.#downOrigin = `http://localhost:${await freePort()}`;
  }

  async close(): Promise<void> {
    await Promise.all([stop(this.#page), stop(this.#api)]);
  }

  /** The page of the first case, which leads to all others. */
  get start(): string {
    return `${originOf(this.#page)}/${this.cases[0]?.name ?? ''}`;
  }

  /** What the console would say if page, API and path had the names of the documentation. */
  inDocumentation(text: string): string {
    const path = new RegExp(`(?<=example\\.com)/(?:${this.cases.map(({ name }) => name).join('|')})\\b`, 'g');
    return text
      .replaceAll(this.#downOrigin, API)
      .replaceAll(originOf(this.#page), APP)
      .replaceAll(originOf(this.#api), API)
      .replaceAll(originOf(this.#api).replace('http', 'ws'), API.replace('https', 'wss'))
      .replaceAll(path, '/cats/1');
  }

  #servePage({ url = '' }: IncomingMessage, response: ServerResponse): void {
    const index = this.cases.findIndex(({ name }) => `/${name}` === url);
    const found = this.cases[index];
    const next = `/${this.cases[index + 1]?.name ?? 'end'}`;
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    const origin = found?.answers ? originOf(this.#api) : this.#downOrigin;
    response.end(found === undefined ? '' : pageOf(found, `${origin}/${found.name}`, next));
  }

  #answer({ url = '', method = '' }: IncomingMessage, response: ServerResponse): void {
    const answer = this.cases.find(({ name }) => `/${name}` === url)?.answers?.[method];
    if (answer === undefined) {
      response.destroy();
      return;
    }
    for (const [name, value] of Object.entries(answer.headers)) {
      response.setHeader(
        name,
        [value].flat().map((text) => text.replace(APP, originOf(this.#page))),
      );
    }
    response.writeHead(answer.status).end();
  }
}

/** A page that makes its call when it has been loaded, and leads to the next one when the call has failed. */
function pageOf(
  { name, init = '{}', expression = `fetch(url, ${init})` }: ConsoleCase,
  url: string,
  next: string,
): string {
  return `<!doctype html><link rel="icon" href="data:,"><title>${name}</title><script type="module">
    const url = ${JSON.stringify(url)};
    await ${expression}.catch(() => {});
    location = ${JSON.stringify(next)};
  </script>`;
}

function originOf(server: Server): string {
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.listen(0, 'localhost', resolve);
  });
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
