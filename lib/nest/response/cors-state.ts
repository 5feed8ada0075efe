import { ServerResponse, type IncomingMessage } from 'node:http';

import type { RequestDecision } from '../../policy/model/decision.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import type { Route } from '../../routing/route.js';
import type { AppPolicies } from '../policies/app-policies.js';
import type { PlacedRequest, Target } from '../report/request-place.js';

const STATE = Symbol('nestjs-cors:state');
const IS_PLAIN = Symbol('nestjs-cors:is-plain');

/** A response that remembers its CORS state. `http.ServerResponse`, or HTTP/2's compatible one. */
export interface KnownResponse extends ServerResponse {
  [STATE]?: CorsState | undefined;
  [IS_PLAIN]?: boolean;
}

/** A request that remembers it as well: middleware may hand it on with another response. */
interface Known {
  [STATE]?: CorsState | undefined;
}

type KnownRequest = IncomingMessage & Known;

/** As Node declares it, `writeHead` tells its callers apart by what they give; here that is handed on, whatever it is. */
export interface HeadWriter {
  writeHead(status: number, reasonOrHeaders?: unknown, headers?: unknown): ServerResponse;
}

/** Not a policy's decision: shared with no origin this time, but it depends on the origin, so `Vary` names it. */
export const UNSHARED: RequestDecision = Object.freeze({
  verdict: 'refused',
  reason: undefined,
  allowOrigin: undefined,
  allowCredentials: false,
  exposeHeaders: undefined,
  vary: true,
});

/** Shared with no origin, whichever asks: `Vary` has only the names that the state adds. */
const UNSHARED_ALWAYS: RequestDecision = Object.freeze({ ...UNSHARED, vary: false });

/** Responses that the platform ends, and does not wait for what a function or resolver says. */
const UNAWAITED = new WeakSet<object>();

/** What is asked about this response now decides nothing any more. */
export function stopWaiting(response: object): void {
  UNAWAITED.add(response);
}

/**
 * One request and its response, from the request hook until the response's head is written: the one object that is made for
 * an ordinary request.
 *
 * The headers are set when the head is written, not before. So the app cannot erase them in between, whatever code answers;
 * `Vary` is joined once with all of the app's names; and if another handler is entered than the hook predicted, nothing has
 * to be undone.
 */
export class CorsState implements PlacedRequest {
  /** Method and target as the hook saw them: middleware may rewrite both. */
  readonly method: string;
  readonly url: string;
  /** The policy of the response. Undefined if it has none: then at most `Vary` is set. */
  policy: CorsPolicy | undefined = undefined;
  /** Undefined while there is nothing to write. */
  decision: RequestDecision | undefined = undefined;
  /** A preflight that the app answers itself: the headers that only preflights have, and more names in `Vary`. */
  preflight: { readonly headers: ReadonlyMap<string, string>; readonly vary: string } | undefined = undefined;
  /** Names that `Vary` has besides those of the decision: of an OPTIONS request that is not a preflight. */
  vary: string | undefined = undefined;
  /** Middleware led the request to an application that its target does not belong to, or dispatched it again. */
  isRedispatched = false;
  /** Method and target with which it was judged again; undefined where these are the ones that were sent. */
  rewrittenTo: Target | undefined = undefined;
  /** It had a policy when it came first, so this module answered its preflight. */
  hadPolicy = false;
  /** Other applications, on the same server, have a say in the answer, and are being asked. */
  isJoint = false;
  /** The head is written: what is called again is Node's to refuse. */
  isWritten = false;
  /** With which the head is being written. */
  status = 0;
  /** The original `writeHead`; undefined for the one of the response's prototype. */
  writeHead: HeadWriter['writeHead'] | undefined = undefined;

  constructor(
    /** The policies of the moment at which the request came in: `update()` does not reach into a request under way. */
    public appPolicies: AppPolicies,
    /** The route that the hook predicted; later the one that was entered. Undefined where no controller serves the request. */
    public route: Route | undefined,
    /** The platform's own request and reply. */
    readonly request: unknown,
    readonly reply: unknown,
    /** Node's. */
    readonly raw: IncomingMessage,
    readonly response: ServerResponse,
    /** Where it was seen before: method and target as they were then. */
    sent: Pick<IncomingMessage, 'method' | 'url'> = raw,
  ) {
    this.method = sent.method ?? 'GET';
    this.url = sent.url ?? '/';
  }

  get isUnawaited(): boolean {
    return UNAWAITED.has(this.response);
  }

  /** From now on the head is written with this decision; `policy` undefined: the app's own headers stay. */
  answerWith(policy: CorsPolicy | undefined, decision: RequestDecision | undefined): void {
    this.policy = policy;
    this.decision = decision ?? (this.vary === undefined ? undefined : UNSHARED_ALWAYS);
  }
}

export function stateOf(response: object): CorsState | undefined {
  return (response as Known)[STATE];
}

/**
 * The state of an exchange, by its response or its request. Middleware may hand on another object in the place of either: one that
 * is derived from it (`Object.create(response)`), a proxy, a new response for the same request.
 */
export function exchangeOf(raw: object, response: object): CorsState | undefined {
  return stateOf(response) ?? stateOf(raw);
}

export function keepState(state: CorsState): void {
  (state.response as KnownResponse)[STATE] = state;
  try {
    (state.raw as KnownRequest)[STATE] = state;
  } catch {
    // What takes no property is not worth a fault: the response has the state.
  }
}

/** Copies the state onto objects that stand in for request and response, as their own property: Express changes their prototypes. */
export function keepStateWith(state: CorsState, ...standIns: readonly object[]): void {
  for (const standIn of standIns) {
    if (Reflect.get(standIn, STATE) !== state || !Object.hasOwn(standIn, STATE)) {
      Reflect.set(standIn, STATE, state);
    }
  }
}

/** To be called before the prototypes of stand-ins are replaced, which would take the state with them. */
export function keepInherited(raw: object, response: object): void {
  const state = exchangeOf(raw, response);
  if (state !== undefined) {
    keepStateWith(state, raw, ...(stateOf(response) === undefined ? [] : [response]));
  }
}

/** Another application, or the same one for somebody else, is about to see the same request. */
export function forgetRequest(raw: IncomingMessage): void {
  Reflect.set(raw, STATE, undefined);
}

/** The method with which the request has come as far as this: middleware may have rewritten it. */
export function currentMethod(raw: IncomingMessage, { method }: CorsState): string {
  return raw.method ?? method;
}

/** The target with which it has come as far as this. */
export function currentUrl(raw: IncomingMessage, { url }: CorsState): string {
  return raw.url ?? url;
}

/** Whether a function or a resolver has been asked about another target than that of the request as it is now. */
export function isAskedElsewhere({ url, policy }: CorsState, raw: IncomingMessage): boolean {
  return raw.url !== url && policy !== undefined && policy.asks.length > 0;
}

/** Later it costs more to find a place for it: see `prepareForExpress`. */
export function makeRoomForState(response: KnownResponse): void {
  response[STATE] = undefined;
  response[IS_PLAIN] = hasNodesPrototype(response);
}

export function makeRoomForRequest(request: object): void {
  (request as Known)[STATE] = undefined;
}

/**
 * Whether a response is Node's own, as a server creates it, and not a substitute.
 *
 * Headers that are only passed to `writeHead` go straight into the text of the head. Serverless adapters do not read that
 * text, but call `getHeaders()` of their response, so they only see headers that are set.
 */
export function isPlainResponse(response: KnownResponse): boolean {
  // Express has changed the prototype by now: what it was is known where room was made before.
  return response[IS_PLAIN] ?? hasNodesPrototype(response);
}

/** Whether nothing stands between our wrapper and Node that may take a flat list for something else, as on-headers 1.0 does. */
export function writesAsGiven({ writeHead }: CorsState): boolean {
  return writeHead === undefined || writeHead === ServerResponse.prototype.writeHead;
}

function hasNodesPrototype(response: ServerResponse): boolean {
  return Reflect.getPrototypeOf(response) === ServerResponse.prototype;
}

/** Whether `makeRoomForState` or `keepState` was called. */
export function hasStateSlot(message: object): boolean {
  return STATE in message;
}
