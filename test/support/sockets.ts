/** Real clients of sockets, and raw handshakes: what a page's browser would send is given as headers. */
import { request, type IncomingHttpHeaders } from 'node:http';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { WebSocket } from 'ws';

/** How a handshake ended. */
export interface Upgraded {
  /** 101, or the status of the refusal. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The server has ended the connection: of a refusal that is part of it. */
  readonly isEnded: boolean;
}

const WEBSOCKET = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/** Sends an upgrade and hangs up once it is answered. */
export async function upgrade(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Upgraded> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers: { ...WEBSOCKET, ...headers }, agent: false });
    sent.once('upgrade', (answer, socket) => {
      socket.destroy();
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: '', isEnded: false });
    });
    sent.once('response', (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.socket.once('close', () => {
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: Buffer.concat(parts).toString(),
          isEnded: true,
        });
      });
    });
    sent.once('error', reject);
    sent.end();
  });
}

/** How socket.io-client fared: `connected`, or the error that it got. */
export interface IoOutcome {
  readonly outcome: 'connected' | 'refused';
  /** The status of the refusal, over HTTP or in the `data` of a `connect_error`. */
  readonly status: number | undefined;
  readonly transport: string | undefined;
}

type IoOptions = Partial<ManagerOptions & SocketOptions>;

/** Connects as a page of this origin would, says what came of it, and disconnects. */
export async function connectIo(url: string, origin: string | undefined, options: IoOptions = {}): Promise<IoOutcome> {
  const socket = ioOf(url, origin, options);
  try {
    return await ioOutcome(socket);
  } finally {
    socket.disconnect();
  }
}

export function ioOf(url: string, origin: string | undefined, options: IoOptions = {}): Socket {
  return io(url, {
    forceNew: true,
    reconnection: false,
    extraHeaders: origin === undefined ? {} : { Origin: origin },
    ...options,
  });
}

export async function ioOutcome(socket: Socket): Promise<IoOutcome> {
  return new Promise((resolve) => {
    socket.once('connect', () => {
      resolve({ outcome: 'connected', status: undefined, transport: socket.io.engine.transport.name });
    });
    socket.once('connect_error', (error: Error) => {
      resolve({ outcome: 'refused', status: statusIn(error), transport: undefined });
    });
  });
}

/** Where each transport of engine.io-client leaves the status. */
function statusIn(error: Error & { data?: unknown; description?: unknown; context?: unknown }): number | undefined {
  const { data, description } = error;
  if (typeof data === 'object' && data !== null && 'status' in data && typeof data.status === 'number') {
    return data.status;
  }
  if (typeof description === 'number') {
    return description;
  }
  const text =
    typeof description === 'object' && description !== null ? String(Reflect.get(description, 'message')) : '';
  const status = /Unexpected server response: (\d+)/.exec(text)?.[1];
  return status === undefined ? undefined : Number(status);
}

/** Opens a socket with the client of ws, as a page of this origin would. Rejects with the status of a refusal. */
export async function openWs(
  url: string,
  origin: string | undefined,
  protocols: readonly string[] = [],
): Promise<WebSocket> {
  const socket = new WebSocket(url, [...protocols], origin === undefined ? {} : { origin });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}
