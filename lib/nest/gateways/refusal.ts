import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import { FORBIDDEN } from '../request/refusal.js';

const CONTENT_TYPE = 'application/json; charset=utf-8';

/** The refusal as it goes over a socket that Node has handed out: nobody else will write a head to it. */
const FORBIDDEN_UPGRADE = [
  'HTTP/1.1 403 Forbidden',
  'Connection: close',
  `Content-Type: ${CONTENT_TYPE}`,
  `Content-Length: ${Buffer.byteLength(FORBIDDEN)}`,
  'Vary: Origin',
  '',
  FORBIDDEN,
].join('\r\n');

/**
 * Refuses an upgrade and ends its socket. Node keeps the connections of a server until they are closed, these too: one that a
 * client leaves open would keep `app.close()` waiting.
 */
export function refuseUpgrade(socket: Duplex): void {
  ignoreErrors(socket);
  // As soon as the answer is handed to the system: a client that never hangs up must not keep the connection.
  socket.once('finish', () => socket.destroy());
  socket.end(FORBIDDEN_UPGRADE);
  // What the client goes on sending is nobody's to read, and unread it would reset the connection below the answer.
  socket.resume();
}

/** Refuses a polling request. */
export function refuseRequest(raw: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent || response.destroyed) {
    return;
  }
  response.writeHead(403, {
    'Content-Type': CONTENT_TYPE,
    'Content-Length': String(Buffer.byteLength(FORBIDDEN)),
    Vary: 'Origin',
    // HTTP/2 knows no such header.
    ...(raw.httpVersionMajor === 1 ? { Connection: 'close' } : {}),
  });
  response.end(FORBIDDEN);
}

/** A connection without a listener for its errors ends the process with the first one: Node has taken its own away. */
export function ignoreErrors(socket: Duplex): void {
  socket.on('error', ignore);
}

export function heedErrors(socket: Duplex): void {
  socket.off('error', ignore);
}

function ignore(): void {
  // Whoever refuses a socket, or waits with it, has nothing to do when it breaks.
}
