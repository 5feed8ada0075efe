import type { ServerResponse } from 'node:http';

import type { FlatHeaders } from '../../policy/model/flat-headers.js';
import { writeWholeHead } from './write-head.js';

/** Whether the response is over: other code has answered, or the client has disconnected. */
export function isOver({ headersSent, writableEnded, destroyed }: ServerResponse): boolean {
  return headersSent || writableEnded || destroyed;
}

/**
 * Answers in the app's place. Never throws, so that a failure to answer never lets the request go on: a response that is over
 * is left alone, and one that cannot be written is cut off, as no other code is going to answer it.
 *
 * @returns what kept it from being written; undefined where nothing did.
 */
export function answerNow(
  response: ServerResponse,
  status: number,
  headers: FlatHeaders,
  body?: string,
): { readonly fault: unknown } | undefined {
  try {
    if (!isOver(response)) {
      writeWholeHead(response, status, headers);
      response.end(body);
    }
    return undefined;
  } catch (fault) {
    cutOff(response);
    return { fault };
  }
}

/** Ends the connection of a response that cannot be answered any more. Never throws. */
export function cutOff(response: ServerResponse): void {
  try {
    response.destroy();
  } catch {
    // Middleware has replaced even that; the client runs into its own timeout.
  }
}
