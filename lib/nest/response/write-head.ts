import { ServerResponse } from 'node:http';
import type { RequestDecision } from '../../policy/model/decision.js';
import { pairsOf, type FlatHeaders } from '../../policy/model/flat-headers.js';
import {
  stateOf,
  hasStateSlot,
  isPlainResponse,
  keepState,
  makeRoomForRequest,
  makeRoomForState,
  writesAsGiven,
  type CorsState,
  type HeadWriter,
} from './cors-state.js';
import { namesOn, removeOurs, setOrList, withOurs, withoutOurs } from './cors-headers.js';
import { joinVary, type VaryValue } from './vary.js';

/**
 * Makes a response remember its CORS state, and wraps its `writeHead`.
 *
 * Every answer goes through `writeHead`: `end()` and `flushHeaders()` without headers, Fastify, a hijacked reply and a proxy
 * with their own object or list, which is never changed. The response's method is wrapped once.
 *
 * The wrapper is on the response itself, not on its prototype: an Express application that is called as a function replaces
 * the prototype of the response for good.
 */
export function interceptHead(state: CorsState): void {
  const { response } = state;
  if (hasStateSlot(response)) {
    // It is wrapped already, perhaps below a wrapper of middleware.
    state.writeHead = stateOf(response)?.writeHead;
  } else {
    state.writeHead = response.writeHead;
    response.writeHead = writeHeadWithOurs;
    if (!isPlainResponse(response) && !hasNodesEnd(response)) {
      interceptEnd(response);
    }
  }
  keepState(state);
}

/** Of `http` or of HTTP/2. The prototype does not tell: Express has changed it, and an imitation's methods may be its own. */
function hasNodesEnd(response: ServerResponse): boolean {
  return response.end === ServerResponse.prototype.end || 'createPushResponse' in response;
}

/** The `end()` of an imitation, such as that of node-mocks-http, may not call `writeHead()`: what is set is its head. */
function interceptEnd(response: ServerResponse): void {
  const end: unknown = Reflect.get(response, 'end');
  if (typeof end === 'function') {
    const endWithOurs = function (this: unknown, ...given: unknown[]): unknown {
      const state = stateOf(response);
      if (state?.decision !== undefined && !state.isWritten) {
        state.status = response.statusCode;
        headersFor(undefined, state, state.decision);
      }
      return Reflect.apply(end, this, given);
    };
    Reflect.set(response, 'end', endWithOurs);
  }
}

/**
 * Does the costly part of {@link interceptHead} for a response that Express has not seen yet.
 *
 * Express changes the prototype of each response, and from then on every property that is added gives the response a hidden
 * class of its own: 2 µs for the property, and an inline cache miss at every later access to the response. A WeakMap instead
 * costs as much in garbage collection. Express itself adds one, `locals`, if it is not set: with room for that as well, the
 * accesses here stay cached. Without all this everything works, but slower.
 */
export function prepareForExpress(request: object, response: ServerResponse & { locals?: unknown }): void {
  if (!hasStateSlot(request)) {
    makeRoomForRequest(request);
  }
  // What somebody else has laid over it already is covered later, with the state.
  if (!Object.hasOwn(response, 'writeHead')) {
    response.writeHead = writeHeadWithOurs;
    makeRoomForState(response);
  }
  response.locals = undefined;
}

/** Writes a head with these headers, beside those that other code has set and that have nothing to do with CORS. */
export function writeWholeHead(response: ServerResponse, status: number, headers: FlatHeaders): void {
  // Beside headers that are set, such as Express's X-Powered-By, Node 22 and later take each one of a list twice.
  if (takesList(response) && namesOn(response)?.length === 0) {
    // A copy for this response: Node may keep the list, and refusals share one.
    response.writeHead(status, [...headers]);
    return;
  }
  if (stateOf(response)?.decision === undefined) {
    // With a decision, the wrapper of `writeHead()` drops and reports them.
    removeOurs(response);
  }
  for (const [name, value] of pairsOf(headers)) {
    const earlier = name === 'Vary' ? varyOn(response) : undefined;
    response.setHeader(name, earlier === undefined ? value : joinVary(earlier, value));
  }
  response.writeHead(status);
}

/** A wrapper of middleware may read headers only where they are set, or as an object. */
function takesList(response: ServerResponse): boolean {
  const { writeHead } = response;
  return isPlainResponse(response) && (writeHead === ServerResponse.prototype.writeHead || isOursAlone(response));
}

/** Our wrapper, with nothing else between it and Node. */
function isOursAlone(response: ServerResponse): boolean {
  if (response.writeHead !== writeHeadWithOurs) {
    return false;
  }
  const state = stateOf(response);
  return state === undefined || writesAsGiven(state);
}

function varyOn(response: ServerResponse): VaryValue {
  try {
    return response.getHeader('Vary');
  } catch {
    return undefined;
  }
}

/** One shared function: a closure for each response costs more than all the rest of this. */
function writeHeadWithOurs(this: ServerResponse, status: number, second?: unknown, third?: unknown): ServerResponse {
  const state = stateOf(this);
  const writeHead = state?.writeHead ?? inheritedBy(this);
  if (state?.decision === undefined || state.isWritten) {
    return callOriginal(writeHead, this, status, second, third);
  }
  const written = writeWithOurs(writeHead, state, state.decision, status, second, third);
  // Not before: if Node refuses the status, the error handler writes the head.
  state.isWritten = true;
  return written;
}

/** Looked up each time: a tracer may patch Node's prototype at any time. */
function inheritedBy(response: ServerResponse): HeadWriter['writeHead'] {
  let prototype = Reflect.getPrototypeOf(response);
  // One that is derived from the response inherits ours.
  while (isHeadWriter(prototype) && prototype.writeHead === writeHeadWithOurs) {
    prototype = Reflect.getPrototypeOf(prototype);
  }
  if (!isHeadWriter(prototype)) {
    throw new TypeError('This response has no head to write');
  }
  return prototype.writeHead;
}

/**
 * Headers are set where the caller has set them, in a copy of the caller's argument or on the response: mixing the two takes
 * Node's slow path.
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
  state.status = status;
  const hasReason = typeof second === 'string';
  const given = hasReason ? third : (third ?? second);
  const headers = headersFor(given, state, decision);
  return hasReason
    ? callOriginal(writeHead, state.response, status, second, headers)
    : callOriginal(writeHead, state.response, status, headers);
}

/**
 * The values and the methods of the response belong to the app: middleware may have replaced a method by a function that
 * throws. The response is sent all the same, without CORS headers, so the page cannot read it: an error thrown from here would
 * reach a place where the app cannot catch it.
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
    // Not even removed: Node decides whether this can be written at all.
    return given;
  }
}

/** With the same number of arguments: a wrapper that counts them must see what the caller passed. */
function callOriginal(
  writeHead: HeadWriter['writeHead'],
  response: ServerResponse,
  status: number,
  second: unknown,
  third?: unknown,
): ServerResponse {
  if (second === undefined && third === undefined) {
    return writeHead.call(response, status);
  }
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

/** Whether the response is over: other code has answered, or the client has disconnected. */
export function isOver({ headersSent, writableEnded, destroyed }: ServerResponse): boolean {
  return headersSent || writableEnded || destroyed;
}

/**
 * Whether the client has disconnected. A response that waits behind another one of its connection does not tell: its socket does.
 * What stands in for a request may have none.
 */
export function hasLeft({ socket }: { readonly socket?: unknown }, { destroyed }: ServerResponse): boolean {
  return destroyed || (typeof socket === 'object' && socket !== null && Reflect.get(socket, 'destroyed') === true);
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
