/** Serves one and the same web page on two origins: the one the API's policy names, and a stranger. */
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { basename, extname } from 'node:path';
import type { Exchange } from './recorder.js';

/** What the page asks its own origin for, as `/config.json`. */
export interface PageConfig {
  readonly sample: string;
  readonly api: string;
  /** Something in front of the API that answers in its place. */
  readonly proxy: string;
  readonly page: string;
  readonly stranger: string;
  /** Where the handlers are, and the source of each by the path it serves. */
  readonly file: string;
  readonly handlers: Readonly<Record<string, string>>;
}

export interface Pages {
  readonly page: string;
  readonly stranger: string;
  close(): Promise<void>;
}

interface PagesOptions {
  /** A file of a later folder stands in the place of its namesake in an earlier one. */
  readonly folders: readonly URL[];
  /** Files from elsewhere that the page loads from beside it. */
  readonly shared: readonly URL[];
  readonly ports: { readonly page: number; readonly stranger: number };
  readonly config: (origins: Pick<PageConfig, 'page' | 'stranger'>) => PageConfig;
  readonly exchanges: (id: string) => Promise<readonly Exchange[]>;
  /** What the API says about a refusal. */
  readonly diagnose: (question: Question) => Promise<unknown>;
}

/** A request that was refused, as the page knows it. */
export interface Question {
  readonly origin: string;
  readonly method: string;
  readonly url: string;
  /** The names of the headers that a preflight announces. */
  readonly headers: readonly string[];
  readonly credentials: boolean;
}

interface File {
  readonly type: string;
  readonly body: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export async function servePages(options: PagesOptions): Promise<Pages> {
  const files = await readPage(options.folders, options.shared);
  const servers: Server[] = [];
  const origins = { page: '', stranger: '' };
  const config = () => options.config(origins);

  async function serve(port: number): Promise<string> {
    const server = createServer((request, response) => {
      answer(request, response).catch(() => response.destroy());
    });
    servers.push(server);
    server.listen(port, 'localhost');
    await once(server, 'listening');
    const address = server.address();
    return `http://localhost:${typeof address === 'object' && address ? address.port : port}`;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '/', query = ''] = (request.url ?? '/').split('?');
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
      return;
    }
    const exchange = /^\/exchanges\/([0-9a-f-]{36})$/.exec(path)?.[1];
    if (exchange !== undefined) {
      return sendJson(response, await options.exchanges(exchange));
    }
    if (path === '/diagnosis') {
      return sendJson(response, await options.diagnose(readQuestion(new URLSearchParams(query))));
    }
    if (path === '/config.json') {
      return sendJson(response, config());
    }

    const file = files.get(path === '/' ? '/index.html' : path);
    if (!file) {
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('There is no such file here.\n');
      return;
    }
    response.setHeader('Content-Security-Policy', contentSecurityPolicy(config()));
    response.writeHead(200, { 'Content-Type': file.type }).end(file.body);
  }

  async function close(): Promise<void> {
    await Promise.all(
      servers.map((server) => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
      }),
    );
  }

  try {
    origins.page = await serve(options.ports.page);
    origins.stranger = await serve(options.ports.stranger);
  } catch (error) {
    await close();
    throw error;
  }
  return { ...origins, close };
}

function readQuestion(query: URLSearchParams): Question {
  return {
    origin: query.get('origin') ?? '',
    method: query.get('method') ?? 'GET',
    url: query.get('url') ?? '/',
    headers: query.getAll('header'),
    credentials: query.has('credentials'),
  };
}

/** All of it, once: a page is a handful of files, and nothing but these files can be asked for. */
async function readPage(folders: readonly URL[], shared: readonly URL[]): Promise<Map<string, File>> {
  const files = new Map<string, File>();
  const own: URL[] = [];
  for (const folder of folders) {
    own.push(...(await readdir(folder)).map((name) => new URL(name, folder)));
  }
  for (const url of [...own, ...shared]) {
    const type = TYPES[extname(url.pathname)];
    if (type) {
      files.set(`/${basename(url.pathname)}`, { type, body: await readFile(url) });
    }
  }
  return files;
}

/** Nothing from elsewhere, but for what the page is about: the API, what stands in front of it, and the frame of the other origin. */
function contentSecurityPolicy({ api, proxy, page, stranger }: PageConfig): string {
  return [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self'`,
    `img-src 'self'`,
    `connect-src 'self' ${api} ${api.replace(/^http/, 'ws')} ${proxy}`,
    `frame-src ${page} ${stranger}`,
    `frame-ancestors ${page} ${stranger}`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value ?? {}));
}
