import { createServer, type Server } from 'node:http';
import { createServer as createRawServer, type Server as RawServer } from 'node:net';

/** What came to the server. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What goes back: 200 without headers and body, unless it says otherwise. */
export interface Canned {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

/** A server that does not listen, remembers what it was asked, and answers what the test says. */
export function cannedServer(answer: (asked: Asked) => Canned): { readonly server: Server; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const server = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8');
    req.on('data', (chunk: string) => {
      body += chunk;
    });
    req.on('end', () => {
      const { method = '', url = '', headers } = req;
      const question = { method, url, headers: headers as Record<string, string>, body };
      asked.push(question);
      const { status = 200, headers: canned = {}, body: text = '' } = answer(question);
      res.writeHead(status, canned).end(text);
    });
  });
  return { server, asked };
}

/** Answers preflights with one thing and requests with another. */
export function twoAnswers(preflight: Canned, request: Canned = {}): (asked: Asked) => Canned {
  return ({ method, headers }) =>
    method === 'OPTIONS' && 'access-control-request-method' in headers ? preflight : request;
}

/** The answer that lets a page in, and more headers. */
export function allowing(origin: string, headers: Readonly<Record<string, string>> = {}): Canned {
  return { headers: { 'Access-Control-Allow-Origin': origin, ...headers } };
}

/** A server that understands no HTTP: it remembers request lines, and gives one answer. node:http knows no `patch`. */
export function rawServer(headers: readonly string[]): { readonly server: RawServer; readonly lines: string[] } {
  const lines: string[] = [];
  const server = createRawServer((socket) => {
    socket.once('data', (data) => {
      lines.push(data.toString('latin1').split('\r\n')[0] ?? '');
      socket.end(['HTTP/1.1 200 OK', ...headers, 'Content-Length: 0', 'Connection: close', '', ''].join('\r\n'));
    });
  });
  return { server, lines };
}
