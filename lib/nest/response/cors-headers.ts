import { putHeaders } from '../../policy/decisions/request-decision.js';
import type { RequestDecision } from '../../policy/model/decision.js';
import { pairsOf } from '../../policy/model/flat-headers.js';
import { isPlainResponse, writesAsGiven, type CorsState } from './cors-state.js';
import { joinVary, type VaryValue } from './vary.js';
import type { ServerResponse } from 'node:http';

/** The headers that only this module may set on a response with a policy. */
const OURS: ReadonlySet<string> = new Set([
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-max-age',
]);

/** Nearly every other header has a shorter name, which need not be looked up. */
const SHORTEST = Math.min(...Array.from(OURS, (name) => name.length));

/** The only header for a refused origin. */
const VARY_ORIGIN: readonly string[] = Object.freeze(['Vary', 'Origin']);

/**
 * The caller has given no headers: there are only those of the response, and the CORS headers are set beside them. If there
 * are none, a plain response gets them as a flat list: the first `setHeader()` of a response alone costs more than that.
 */
export function setOrList(state: CorsState, decision: RequestDecision): readonly string[] | undefined {
  const { response } = state;
  const names = response.getHeaderNames();
  if (names.length === 0 && isPlainResponse(response) && writesAsGiven(state)) {
    if (decision.allowOrigin === undefined && state.preflight === undefined && state.vary === undefined) {
      return decision.vary ? VARY_ORIGIN : undefined;
    }
    const list: string[] = [];
    putOurs(state, decision, undefined, list, appendFlat);
    return list;
  }
  let vary: VaryValue;
  for (const name of names) {
    if (name === 'vary') {
      vary = response.getHeader(name);
    }
    removeIfOurs(name, state, decision);
  }
  putOurs(state, decision, vary, response, setOn);
  return undefined;
}

function appendFlat(list: string[], name: string, value: string): void {
  list.push(name, value);
}

function setOn(response: ServerResponse, name: string, value: string): void {
  response.setHeader(name, value);
}

/** A copy of the caller's headers, in the form in which they were given, with the app's CORS headers replaced. */
export function withOurs(given: object, state: CorsState, decision: RequestDecision): unknown {
  const { response } = state;
  for (const name of response.getHeaderNames()) {
    removeIfOurs(name, state, decision);
  }
  const set = varyOf(state, decision) === undefined ? undefined : response.getHeader('vary');
  if (Array.isArray(given)) {
    return Array.isArray(given[0])
      ? listWithOurs(given, set, state, decision)
      : listWithOurs(pairsOf(given), set, state, decision).flat();
  }
  const kept: Record<string, unknown> = {};
  let vary: VaryValue = set;
  for (const name of Object.keys(given)) {
    const value: unknown = Reflect.get(given, name);
    if (isVary(name) && varyOf(state, decision) !== undefined) {
      vary = joinVary(vary, asVary(value));
    } else if (!noteIfOurs(name, value, state, decision)) {
      kept[name] = value;
    }
  }
  putOurs(state, decision, vary, kept, assignTo);
  return kept;
}

/** If the CORS headers could not be set: those of the app are removed, so that no page can read the response. */
export function withoutOurs(given: unknown, state: CorsState): unknown {
  if (state.policy !== undefined) {
    OURS.forEach((name) => tryRemove(name, state));
  }
  if (Array.isArray(given)) {
    const list: readonly unknown[] = given;
    const isNested = Array.isArray(list[0]);
    const kept = (isNested ? list : pairsOf(list)).filter(
      (pair) => !Array.isArray(pair) || !isOurs(String(pair[0]), state),
    );
    return isNested ? kept : kept.flat();
  }
  return typeof given === 'object' && given !== null
    ? Object.fromEntries(Object.entries(given).filter(([name]) => !isOurs(name, state)))
    : given;
}

/**
 * What other code has set before the answer to a preflight, or before a refusal, is written.
 *
 * @throws what middleware has made of `removeHeader()`, if there is something to remove: the answer must not have it.
 */
export function removeOurs(response: ServerResponse): void {
  for (const name of namesOn(response) ?? OURS) {
    if (OURS.has(name)) {
      response.removeHeader(name);
    }
  }
}

/** Undefined if middleware has replaced what tells. */
export function namesOn(response: ServerResponse): readonly string[] | undefined {
  try {
    return response.getHeaderNames();
  } catch {
    return undefined;
  }
}

function tryRemove(name: string, { response }: CorsState): void {
  try {
    response.removeHeader(name);
  } catch {
    // Middleware has replaced this, too, so it decides what is on the response.
  }
}

function assignTo(headers: Record<string, unknown>, name: string, value: string): void {
  headers[name] = value;
}

function listWithOurs(
  pairs: readonly (readonly unknown[])[],
  set: VaryValue,
  state: CorsState,
  decision: RequestDecision,
): (readonly unknown[])[] {
  let vary = set;
  const kept = pairs.filter(([name, value]) => {
    if (isVary(String(name)) && varyOf(state, decision) !== undefined) {
      vary = joinVary(vary, asVary(value));
      return false;
    }
    return !noteIfOurs(String(name), value, state, decision);
  });
  putOurs(state, decision, vary, kept, appendTo);
  return kept;
}

function appendTo(pairs: (readonly unknown[])[], name: string, value: string): void {
  pairs.push([name, value]);
}

/** Sets the CORS headers through `set`; `vary` is the app's own value. */
function putOurs<T>(
  state: CorsState,
  decision: RequestDecision,
  vary: VaryValue,
  target: T,
  put: (target: T, name: string, value: string) => void,
): void {
  putHeaders(decision, target, put);
  if (state.preflight !== undefined) {
    for (const [name, value] of state.preflight.headers) {
      put(target, name, value);
    }
  }
  const names = varyOf(state, decision);
  if (names !== undefined) {
    put(target, 'Vary', vary === undefined ? names : joinVary(vary, names));
  }
}

/** The names that `Vary` has to contain; undefined: none. */
function varyOf({ preflight, vary }: CorsState, decision: RequestDecision): string | undefined {
  const own = decision.vary ? (preflight?.vary ?? 'Origin') : undefined;
  return own === undefined || vary === undefined ? (own ?? vary) : joinVary(own, vary);
}

function removeIfOurs(name: string, state: CorsState, decision: RequestDecision): void {
  const { response } = state;
  // The value is only read for CORS headers: looking at every header of a response costs more than writing one.
  if (isOurs(name, state)) {
    noteDropped(name, response.getHeader(name), state, decision);
    response.removeHeader(name);
  }
}

/** True for a header of the app that is dropped and recorded. */
function noteIfOurs(name: string, value: unknown, state: CorsState, decision: RequestDecision): boolean {
  const gives = isOurs(name, state);
  if (gives) {
    noteDropped(name.toLowerCase(), value, state, decision);
  }
  return gives;
}

/** On a response without a policy the app's own CORS headers stay. */
function isOurs(name: string, state: CorsState): boolean {
  return name.length >= SHORTEST && state.policy !== undefined && OURS.has(name.toLowerCase());
}

/** `@Sse()` passes the headers that are on the response already: only different values are logged. */
function noteDropped(name: string, value: unknown, state: CorsState, decision: RequestDecision): void {
  const ours = new Map<string, string>();
  putOurs(state, decision, undefined, ours, (map, key, own) => map.set(key.toLowerCase(), own));
  if (ours.get(name) !== textOf(value)) {
    state.appPolicies.requestLog.droppedHeader(state, name, state.status);
  }
}

/** The app's value may be of any type, and is only compared. */
function textOf(value: unknown): string | undefined {
  try {
    return String(value);
  } catch {
    return undefined;
  }
}

function isVary(name: string): boolean {
  return name.length === 4 && name.toLowerCase() === 'vary';
}

function asVary(value: unknown): VaryValue {
  return typeof value === 'string' || Array.isArray(value) ? value : undefined;
}
