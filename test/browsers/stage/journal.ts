import { IncomingMessage } from 'node:http';
import { HOSTS, type HostName } from '../scenarios/page-name.js';

/** What the server saw of one request: what CORS turns on, without what has to differ from run to run. */
export interface SeenRequest {
  readonly method: string;
  readonly host: HostName;
  readonly path: string;
  readonly origin: string | null;
  /** Access-Control-Request-Method and -Headers. */
  readonly announces: string | null;
  readonly announcesHeaders: string | null;
  /** The names alone. */
  readonly cookies: readonly string[];
  readonly authorization: string | null;
  /** The media type, without the boundary of a form. */
  readonly contentType: string | null;
  readonly range: string | null;
  /** Sec-Fetch-Site and -Mode. */
  readonly site: string | null;
  readonly mode: string | null;
}

/** What a server saw of each run: the `run` of a request's query. */
export class Journal {
  private readonly runs = new Map<string, SeenRequest[]>();

  /**
   * Reads along before the app sees anything: a preflight never reaches the app, and a refused upgrade reaches no listener.
   */
  watch(server: NodeJS.EventEmitter): void {
    const { emit } = server;
    const note = (request: IncomingMessage): void => this.note(request);
    server.emit = function (this: NodeJS.EventEmitter, event: string | symbol, ...args: unknown[]): boolean {
      const [request] = args;
      if ((event === 'request' || event === 'upgrade') && request instanceof IncomingMessage) {
        note(request);
      }
      return emit.call(this, event, ...args);
    };
  }

  of(run: string): readonly SeenRequest[] {
    return this.runs.get(run) ?? [];
  }

  private note(request: IncomingMessage): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://any');
    const run = searchParams.get('run');
    if (run === null) {
      return;
    }
    this.runs.set(run, [...this.of(run), seen(request, pathname)]);
  }
}

function seen({ method = '', headers }: IncomingMessage, path: string): SeenRequest {
  const one = (name: string): string | null => {
    const value = headers[name];
    return typeof value === 'string' ? value : null;
  };
  return {
    method,
    host: hostName(headers.host ?? ''),
    path,
    origin: one('origin'),
    announces: one('access-control-request-method'),
    announcesHeaders: one('access-control-request-headers'),
    cookies: (headers.cookie ?? '')
      .split('; ')
      .map((pair) => pair.split('=')[0] ?? '')
      .filter((name) => name !== '')
      .toSorted(),
    authorization: one('authorization'),
    contentType: one('content-type')?.split(';')[0] ?? null,
    range: one('range'),
    site: one('sec-fetch-site'),
    mode: one('sec-fetch-mode'),
  };
}

function hostName(host: string): HostName {
  const name = host.replace(/:\d+$/, '');
  for (const [key, value] of Object.entries(HOSTS)) {
    if (value === name) {
      return key as HostName;
    }
  }
  throw new Error(`Nobody should know the server as ${host}`);
}
