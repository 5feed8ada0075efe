import type { ServerResponse } from 'node:http';

import type { RequestDecision } from '../../policy/model/decision.js';
import { pairsOf, type FlatHeaders } from '../../policy/model/flat-headers.js';
import {
  stateOf,
  hasRoomForState,
  isPlainResponse,
  keepState,
  makeRoomForState,
  type CorsState,
  type HeadWriter,
} from './cors-state.js';
import { setOrList, withOurs, withoutOurs } from './cors-headers.js';

/**
 * Makes a response remember its CORS state, and lays ours over its `writeHead`.
 *
 * Whatever answers comes through `writeHead`: `end()` and `flushHeaders()` without headers, Fastify, a hijacked reply and a
 * proxy with an object or a list of theirs, which is never changed. Here ours is put over the response's own, once.
 *
 * It stands on the response itself: an Express application that is called as a function gives the response a prototype of its
 * own and never takes it back, and what stood on ours is gone.
 */
export function interceptHead(state: CorsState): void {
  const { response } = state;
  if (hasRoomForState(response)) {
    // Ours stands there already, perhaps below what middleware has laid over it since.
    state.writeHead = stateOf(response)?.writeHead;
  } else {
    state.writeHead = response.writeHead;
    response.writeHead = writeHeadWithOurs;
  }
  keepState(state);
}

/**
 * Does the costly part of {@link interceptHead} for a response that Express has not seen yet.
 *
 * Express changes the prototype of each response, and from then on every property that is added gives the response a hidden
 * class of its own: 2 µs for the property, and an inline cache missed at every later look at the response. A WeakMap instead
 * costs as much in garbage collection. Express itself adds one, `locals`, where it is not set: with room for that as well, our
 * looks at the response stay cached. Without all this everything works, only slower.
 */
export function prepareForExpress(response: ServerResponse & { locals?: unknown }): void {
  if ('locals' in response) {
    // An outer Express application has handled it before.
    return;
  }
  // What somebody else has laid over it already is covered later, with the state.
  if (!Object.hasOwn(response, 'writeHead')) {
    response.writeHead = writeHeadWithOurs;
    makeRoomForState(response);
  }
  response.locals = undefined;
}

/** Writes a head that has no headers but these. */
export function writeWholeHead(response: ServerResponse, status: number, headers: FlatHeaders): void {
  if (isPlainResponse(response)) {
    // A list of the response's own: Node may keep it, and refusals share theirs.
    response.writeHead(status, [...headers]);
    return;
  }
  for (const [name, value] of pairsOf(headers)) {
    response.setHeader(name, value);
  }
  response.writeHead(status);
}

/** One shared function: a closure for each response costs more than all the rest of this. */
function writeHeadWithOurs(this: ServerResponse, status: number, second?: unknown, third?: unknown): ServerResponse {
  const state = stateOf(this);
  const writeHead = state?.writeHead ?? inheritedBy(this);
  if (state?.decision === undefined || state.isWritten) {
    return handOn(writeHead, this, status, second, third);
  }
  const written = writeWithOurs(writeHead, state, state.decision, status, second, third);
  // Not before: a status that Node refuses leaves the head to whoever answers the error.
  state.isWritten = true;
  return written;
}

/** Looked up each time: a tracer patches Node's prototype when it likes. */
function inheritedBy(response: ServerResponse): HeadWriter['writeHead'] {
  const prototype = Reflect.getPrototypeOf(response);
  if (!isHeadWriter(prototype)) {
    throw new TypeError('This response has no head to write');
  }
  return prototype.writeHead;
}

/**
 * Headers are put where the caller has put his own, into a copy of his or on the response: mixing the two sends Node down
 * its slow path.
 *
 * @param second - the reason phrase, or the headers.
 * @param third - the headers, after a reason phrase.
 */
function writeWithOurs(
  writeHead: HeadWriter['writeHead'],
  state: CorsState,
  decision: RequestDecision,
  status: number,
  second: unknown,
  third: unknown,
): ServerResponse {
  const hasReason = typeof second === 'string';
  const given = hasReason ? third : (second ?? third);
  const headers = headersFor(given, state, decision);
  return hasReason
    ? handOn(writeHead, state.response, status, second, headers)
    : handOn(writeHead, state.response, status, headers);
}

/**
 * What is written is the app's, and so are the response's methods: middleware may have replaced one by a function that throws.
 * The response goes out all the same, without CORS headers, which refuses: thrown from here, it would come to where the app
 * cannot catch it.
 */
function headersFor(given: unknown, state: CorsState, decision: RequestDecision): unknown {
  try {
    return isObject(given) ? withOurs(given, state, decision) : setOrList(state, decision);
  } catch (error) {
    state.appPolicies.requestLog.fault(error, 'unwritten');
  }
  try {
    return withoutOurs(given, state);
  } catch {
    // Not even taken down: whether this can be written at all is Node's to say.
    return given;
  }
}

/** With as many arguments as there are: who counts them is to see what the caller gave. */
function handOn(
  writeHead: HeadWriter['writeHead'],
  response: ServerResponse,
  status: number,
  second: unknown,
  third?: unknown,
): ServerResponse {
  return third === undefined
    ? writeHead.call(response, status, second)
    : writeHead.call(response, status, second, third);
}

function isHeadWriter(value: object | null): value is HeadWriter {
  return value !== null && 'writeHead' in value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
