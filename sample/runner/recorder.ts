/**
 * Writes down what the API really received and answered, so that the page can draw it: a page sees neither its own
 * preflight nor a header it was denied.
 *
 * It watches from outside. Node announces every request on a diagnostics channel before the application gets it, and what
 * was answered is read when the response is closed; nothing is wrapped, and the application cannot tell.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export type HeaderLine = readonly [name: string, value: string];

export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly HeaderLine[];
}

/** One request, as it was received, and its answer, as it was sent. */
export interface Exchange {
  readonly method: string;
  readonly headers: readonly HeaderLine[];
  readonly answer: Answer | undefined;
}

export interface Recorder {
  /** What was recorded under an id, in the order of arrival, once every answer to it is out. */
  read(id: string): Promise<readonly Exchange[]>;
  /**
   * Records the upgrades of this server as well. They are announced on no channel, and the one that is refused reaches no
   * listener: so this stands in front of the server's `emit`, and of what is first written on the socket.
   */
  watchUpgrades(server: NodeJS.EventEmitter): void;
  stop(): void;
}

// The picture shows these; all else is not kept, other programs' cookies for `localhost` least of all.
const SHOWN_OF_REQUEST = /^(?:origin|access-control-request-.*|cookie|x-pingother|x-trace|content-type)$/i;
const SHOWN_OF_ANSWER = /^(?:access-control-.*|vary|set-cookie|content-type)$/i;
const SHOWN_OF_UPGRADE = /^(?:origin|cookie|upgrade|sec-fetch-site)$/i;
const SHOWN_OF_UPGRADE_ANSWER = /^(?:access-control-.*|vary|upgrade)$/i;
const SHOWN_COOKIE = /(?:^|;\s*)(pageAccess=[^;]*)/;

const MAX_IDS = 200;
const MAX_EXCHANGES = 8;
const MAX_VALUE = 256;

interface Entry {
  exchange: Exchange;
  readonly answered: Promise<void>;
}

/** Records the requests of the servers on `ports()` that carry `?exchange=<uuid>`. The oldest ids are forgotten first. */
export function record(ports: () => readonly number[]): Recorder {
  const entries = new Map<string, Entry[]>();

  function onRequest(message: unknown): void {
    if (!isRequestStart(message) || !ports().includes(message.request.socket.localPort ?? 0)) {
      return;
    }
    const { request, response } = message;
    enter(request, SHOWN_OF_REQUEST, (conclude) => {
      response.once('close', () => {
        const { statusCode: status, statusMessage: reason } = response;
        const headers = shown(sentHeaders(response), SHOWN_OF_ANSWER);
        conclude(response.headersSent ? { status, reason, headers } : undefined);
      });
    });
  }

  /** Writes a request down, and its answer once that is known; undefined: there was none. */
  function enter(
    request: IncomingMessage,
    names: RegExp,
    whenAnswered: (conclude: (answer: Answer | undefined) => void) => void,
  ): void {
    const id = exchangeId(request.url);
    const list = id === undefined ? undefined : (entries.get(id) ?? []);
    if (id === undefined || list === undefined || list.length === MAX_EXCHANGES) {
      return;
    }
    const headers = shown(pairs(request.rawHeaders), names);
    const entry: Entry = {
      exchange: { method: request.method ?? '', headers, answer: undefined },
      answered: new Promise((resolve) => {
        whenAnswered((answer) => {
          // The first word counts: a socket is closed after its answer, too.
          entry.exchange = { ...entry.exchange, answer: entry.exchange.answer ?? answer };
          resolve();
        });
      }),
    };
    list.push(entry);
    entries.set(id, list);
    for (const oldest of entries.keys()) {
      if (entries.size <= MAX_IDS) {
        break;
      }
      entries.delete(oldest);
    }
  }

  subscribe('http.server.request.start', onRequest);
  return {
    async read(id) {
      const list = entries.get(id) ?? [];
      await Promise.all(list.map(({ answered }) => answered));
      return list.map(({ exchange }) => exchange);
    },
    watchUpgrades(server) {
      const { emit } = server;
      server.emit = function (this: NodeJS.EventEmitter, event: string | symbol, ...args: unknown[]): boolean {
        const [request, socket] = args;
        if (event === 'upgrade' && request instanceof IncomingMessage) {
          enter(request, SHOWN_OF_UPGRADE, (conclude) => {
            watchHead(socket as Duplex, (head) => conclude(head === undefined ? undefined : answerIn(head)));
          });
        }
        return emit.call(this, event, ...args);
      };
    },
    stop() {
      unsubscribe('http.server.request.start', onRequest);
    },
  };
}

/** Hands over what is first written on a socket; undefined if it closes before. */
function watchHead(socket: Duplex, found: (head: string | undefined) => void): void {
  for (const name of ['write', 'end'] as const) {
    const original = socket[name].bind(socket) as (...args: unknown[]) => unknown;
    Object.defineProperty(socket, name, {
      configurable: true,
      value(...args: unknown[]): unknown {
        Reflect.deleteProperty(socket, 'write');
        Reflect.deleteProperty(socket, 'end');
        found(String(args[0]));
        return original(...args);
      },
    });
  }
  socket.once('close', () => found(undefined));
}

function answerIn(head: string): Answer {
  const [, status = '0', reason = ''] = /^HTTP\/1\.1 (\d+) (.*)$/m.exec(head) ?? [];
  return { status: Number(status), reason: reason.trim(), headers: shown(linesOf(head), SHOWN_OF_UPGRADE_ANSWER) };
}

interface RequestStart {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

function isRequestStart(message: unknown): message is RequestStart {
  return (
    typeof message === 'object' &&
    message !== null &&
    'request' in message &&
    message.request instanceof IncomingMessage &&
    'response' in message &&
    message.response instanceof ServerResponse
  );
}

function exchangeId(url = ''): string | undefined {
  return /[?&]exchange=([0-9a-f-]{36})(?:&|$)/.exec(url)?.[1];
}

/**
 * The head as it went over the wire. `getHeaders()` is not enough: what is handed to `writeHead()` alone never gets there.
 * The text is an internal of Node's; without it the answer is shown as far as `getHeaders()` knows it.
 */
function sentHeaders(response: ServerResponse): HeaderLine[] {
  if ('_header' in response && typeof response._header === 'string') {
    return linesOf(response._header);
  }
  return Object.entries(response.getHeaders()).map(([name, value]): HeaderLine => [name, String(value)]);
}

function linesOf(head: string): HeaderLine[] {
  const [text = ''] = head.split('\r\n\r\n');
  return text
    .split('\r\n')
    .slice(1)
    .flatMap((line): HeaderLine[] => {
      const colon = line.indexOf(':');
      return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1).trim()]] : [];
    });
}

function pairs(raw: readonly string[]): HeaderLine[] {
  const lines: HeaderLine[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    lines.push([raw[index] ?? '', raw[index + 1] ?? '']);
  }
  return lines;
}

function shown(lines: readonly HeaderLine[], names: RegExp): HeaderLine[] {
  return lines.flatMap(([name, value]): HeaderLine[] => {
    if (!names.test(name)) {
      return [];
    }
    if (name.toLowerCase() !== 'cookie') {
      return [[name, value.slice(0, MAX_VALUE)]];
    }
    const cookie = SHOWN_COOKIE.exec(value)?.[1];
    return cookie === undefined ? [] : [[name, cookie.slice(0, MAX_VALUE)]];
  });
}
