import type { ServerResponse } from 'node:http';

import { exchangeOf, type Exchange, type HeadWriter } from './exchange.js';
import { setOrList, withOurs } from './head-writer.js';

/**
 * Whatever answers comes through `writeHead`: `end()` and `flushHeaders()` without headers, Fastify, a hijacked reply and a
 * proxy with an object or a list of theirs, which is never changed. Here ours is put over the response's own, once.
 */
export function interceptHead(exchange: Exchange): void {
  exchange.writeHead = exchange.response.writeHead;
  // One shared function: a closure for each response costs more than all the rest of this.
  exchange.response.writeHead = writeHeadOfExchange;
}

/** The same for all responses of a prototype: Express gives each application's responses one of their own. */
export function interceptHeadsOf(prototype: ServerResponse): void {
  const { writeHead }: HeadWriter = prototype;
  prototype.writeHead = function (
    this: ServerResponse,
    status: number,
    second?: unknown,
    third?: unknown,
  ): ServerResponse {
    return writeWithOurs(this, exchangeOf(this), writeHead, status, second, third);
  };
}

function writeHeadOfExchange(this: ServerResponse, status: number, second?: unknown, third?: unknown): ServerResponse {
  const exchange = exchangeOf(this);
  if (exchange?.writeHead === undefined) {
    throw new TypeError('This response has no CORS answer to write');
  }
  return writeWithOurs(this, exchange, exchange.writeHead, status, second, third);
}

/**
 * Headers are put where the caller has put his own, into a copy of his or on the response: mixing the two sends Node down
 * its slow path.
 *
 * @param second - the reason phrase, or the headers.
 * @param third - the headers, after a reason phrase.
 */
function writeWithOurs(
  response: ServerResponse,
  exchange: Exchange | undefined,
  writeHead: HeadWriter['writeHead'],
  status: number,
  second: unknown,
  third: unknown,
): ServerResponse {
  const hasReason = typeof second === 'string';
  let given = hasReason ? third : (second ?? third);
  if (exchange?.decision !== undefined && !exchange.isWritten) {
    given = isObject(given) ? withOurs(given, exchange, exchange.decision) : setOrList(exchange, exchange.decision);
  }
  if (hasReason) {
    writeHead.call(response, status, second, given);
  } else {
    writeHead.call(response, status, given);
  }
  if (exchange !== undefined) {
    // Not before: a status that Node refuses leaves the head to whoever answers the error.
    exchange.isWritten = true;
  }
  return response;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
