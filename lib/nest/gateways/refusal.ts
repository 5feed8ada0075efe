import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import { FORBIDDEN } from '../request/refusal.js';

const CONTENT_TYPE = 'application/json; charset=utf-8';

/** The refusal as written to a raw socket, on which Node writes no head. */
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
  // As soon as the system has the answer: a client that never hangs up must not keep the connection.
  socket.once('finish', () => socket.destroy());
  socket.end(FORBIDDEN_UPGRADE);
  // What the client still sends is discarded: left unread, it would reset the connection before the answer arrives.
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

/** A connection without an error listener ends the process with its first error: Node has removed its own listener. */
export function ignoreErrors(socket: Duplex): void {
  socket.on('error', ignore);
}

export function heedErrors(socket: Duplex): void {
  socket.off('error', ignore);
}

function ignore(): void {
  // If the socket breaks while it is refused or waits for an answer, there is nothing to do.
}
