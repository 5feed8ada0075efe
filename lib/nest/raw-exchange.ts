import type { IncomingMessage, ServerResponse } from 'node:http';

/** Node's request: the platform's own, or beneath it. */
export function rawRequestOf(request: unknown): IncomingMessage {
  return rawOf(request) as IncomingMessage;
}

/** Node's response: the platform's own, or beneath it. */
export function rawResponseOf(reply: unknown): ServerResponse {
  return rawOf(reply) as ServerResponse;
}

function rawOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'raw' in value ? value.raw : value;
}
