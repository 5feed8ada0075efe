import type { IncomingMessage, ServerResponse } from 'node:http';

/** Node's request: the platform's own, or beneath it. Throws where there is none: its headers could not be read. */
export function rawRequestOf(request: unknown): IncomingMessage {
  const raw = rawOf(request);
  if (!isRequest(raw)) {
    throw new TypeError("nestjs-cors needs Node's request, but the request of this platform has none");
  }
  return raw;
}

/** Node's response: the platform's own, or beneath it. Throws where there is none: its head could not be written. */
export function rawResponseOf(reply: unknown): ServerResponse {
  const raw = rawOf(reply);
  if (!isResponse(raw)) {
    throw new TypeError("nestjs-cors needs Node's response, but the response of this platform has none");
  }
  return raw;
}

function rawOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'raw' in value ? value.raw : value;
}

function isRequest(value: unknown): value is IncomingMessage {
  return typeof value === 'object' && value !== null && 'headers' in value;
}

function isResponse(value: unknown): value is ServerResponse {
  return typeof value === 'object' && value !== null && 'writeHead' in value;
}
