/**
 * Writes down what the API really received and answered, so that the page can draw it: a page sees neither its own
 * preflight nor a header it was denied.
 *
 * It watches from outside. Node announces every request on a diagnostics channel before the application gets it, and what
 * was answered is read when the response is closed; nothing is wrapped, and the application cannot tell.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { IncomingMessage, ServerResponse } from 'node:http';

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
  stop(): void;
}

// The picture shows these; all else is not kept, other programs' cookies for `localhost` least of all.
const SHOWN_OF_REQUEST = /^(?:origin|access-control-request-.*|cookie|x-pingother|x-trace|content-type)$/i;
const SHOWN_OF_ANSWER = /^(?:access-control-.*|vary|set-cookie|content-type)$/i;
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
    const id = exchangeId(request.url);
    if (id === undefined) {
      return;
    }

    const list = entries.get(id) ?? [];
    if (list.length === MAX_EXCHANGES) {
      return;
    }
    const entry: Entry = {
      exchange: {
        method: request.method ?? '',
        headers: shown(pairs(request.rawHeaders), SHOWN_OF_REQUEST),
        answer: undefined,
      },
      answered: new Promise((resolve) => {
        response.once('close', () => {
          if (response.headersSent) {
            const headers = shown(sentHeaders(response), SHOWN_OF_ANSWER);
            const { statusCode: status, statusMessage: reason } = response;
            entry.exchange = { ...entry.exchange, answer: { status, reason, headers } };
          }
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
    stop() {
      unsubscribe('http.server.request.start', onRequest);
    },
  };
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
    return response._header
      .split('\r\n')
      .slice(1)
      .flatMap((line): HeaderLine[] => {
        const colon = line.indexOf(':');
        return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1).trim()]] : [];
      });
  }
  return Object.entries(response.getHeaders()).map(([name, value]): HeaderLine => [name, String(value)]);
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
