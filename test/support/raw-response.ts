import type { ServerResponse } from 'node:http';

/** What `@Res()` hands to a handler: Express's response, or Fastify's reply around Node's. */
export type AnyReply = ServerResponse & { readonly raw?: ServerResponse; hijack?: () => void };

/** Node's response, for handlers that run on both platforms. Fastify is told that it is answered. */
export function rawResponse(reply: AnyReply): ServerResponse {
  reply.hijack?.();
  return reply.raw ?? reply;
}
