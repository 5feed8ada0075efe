import type { RequestDecision } from '../../policy/model/decision.js';
import { plainPathname } from '../../routing/pathname.js';
import { isOwnRoute } from '../../routing/route.js';
import { entriesOfPath } from '../policies/path-claim.js';
import type { UnroutedPlace } from '../report/request-log.js';
import { isPlainResponse, type CorsState } from './cors-state.js';
import { joinVary, type VaryValue } from './vary.js';
import type { ServerResponse } from 'node:http';

/** The headers that are ours alone on a response with a policy. */
const OURS: ReadonlySet<string> = new Set([
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-max-age',
]);

/** All there is to say to an origin that is refused. */
const VARY_ORIGIN: readonly string[] = Object.freeze(['Vary', 'Origin']);

/**
 * The caller has given no headers: those of the response are all there are, and ours are set beside them. Where there are
 * none, a plain response is handed a flat list of ours: the first `setHeader()` of a response alone costs more than that.
 */
export function setOrList(state: CorsState, decision: RequestDecision): readonly string[] | undefined {
  const { response } = state;
  const names = response.getHeaderNames();
  if (names.length === 0 && isPlainResponse(response)) {
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
    dropIfOurs(name, state, decision);
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

/** A copy of what the caller has given, in the form he gave it, with our headers in place of his. */
export function withOurs(given: object, state: CorsState, decision: RequestDecision): unknown {
  const { response } = state;
  for (const name of response.getHeaderNames()) {
    dropIfOurs(name, state, decision);
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
    } else if (!givesWay(name, value, state, decision)) {
      kept[name] = value;
    }
  }
  putOurs(state, decision, vary, kept, assignTo);
  return kept;
}

/** Where ours could not be put in: the app's are taken down, so that the response shares nothing. */
export function withoutOurs(given: unknown, state: CorsState): unknown {
  if (state.policy !== undefined) {
    OURS.forEach((name) => takeDown(name, state));
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

function takeDown(name: string, { response }: CorsState): void {
  try {
    response.removeHeader(name);
  } catch {
    // Middleware has replaced this, too: what stands on the response then is its own doing.
  }
}

function assignTo(headers: Record<string, unknown>, name: string, value: string): void {
  headers[name] = value;
}

function listWithOurs(
  pairs: readonly unknown[][],
  set: VaryValue,
  state: CorsState,
  decision: RequestDecision,
): unknown[][] {
  let vary = set;
  const kept = pairs.filter(([name, value]) => {
    if (isVary(String(name)) && varyOf(state, decision) !== undefined) {
      vary = joinVary(vary, asVary(value));
      return false;
    }
    return !givesWay(String(name), value, state, decision);
  });
  putOurs(state, decision, vary, kept, appendTo);
  return kept;
}

function appendTo(pairs: unknown[][], name: string, value: string): void {
  pairs.push([name, value]);
}

function pairsOf(flat: readonly unknown[]): unknown[][] {
  return flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1]]] : []));
}

/** Puts our headers wherever they go; `vary` is what the app has said in it. */
function putOurs<T>(
  state: CorsState,
  decision: RequestDecision,
  vary: VaryValue,
  target: T,
  put: (target: T, name: string, value: string) => void,
): void {
  if (decision.allowOrigin !== undefined) {
    put(target, 'Access-Control-Allow-Origin', decision.allowOrigin);
  }
  if (decision.allowCredentials) {
    put(target, 'Access-Control-Allow-Credentials', 'true');
  }
  if (decision.exposeHeaders !== undefined) {
    put(target, 'Access-Control-Expose-Headers', decision.exposeHeaders);
  }
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

/** The names that `Vary` has to have; undefined: none. */
function varyOf({ preflight, vary }: CorsState, decision: RequestDecision): string | undefined {
  const own = decision.vary ? (preflight?.vary ?? 'Origin') : undefined;
  return own === undefined || vary === undefined ? (own ?? vary) : joinVary(own, vary);
}

function dropIfOurs(name: string, state: CorsState, decision: RequestDecision): void {
  const { response } = state;
  // The value is only read of what is ours: to look at each header of a response costs more than to write one.
  if (isOurs(name, state)) {
    noteDropped(name, response.getHeader(name), state, decision);
    response.removeHeader(name);
  }
}

/** True for a header of the app's that gives way, and is taken down. */
function givesWay(name: string, value: unknown, state: CorsState, decision: RequestDecision): boolean {
  const gives = isOurs(name, state);
  if (gives) {
    noteDropped(name.toLowerCase(), value, state, decision);
  }
  return gives;
}

/** On a response without a policy the app's own CORS headers stay. */
function isOurs(name: string, state: CorsState): boolean {
  // Every name that is ours is at least this long, and hardly any other is.
  return name.length >= 22 && state.policy !== undefined && OURS.has(name.toLowerCase());
}

/** `@Sse()` hands back the very headers that stand on the response: only what differs is worth a word. */
function noteDropped(name: string, value: unknown, state: CorsState, decision: RequestDecision): void {
  const ours = new Map<string, string>();
  putOurs(state, decision, undefined, ours, (map, key, own) => map.set(key.toLowerCase(), own));
  if (ours.get(name) !== textOf(value)) {
    state.appPolicies.requestLog.droppedHeader(state.route, name, placeOf(state));
  }
}

/** What the app sets may be anything, and is only compared. */
function textOf(value: unknown): string | undefined {
  try {
    return String(value);
  } catch {
    return undefined;
  }
}

/** Looked up only when there is something to say: a request does not remember the entry that it followed. */
function placeOf({ route, appPolicies, method, url }: CorsState): UnroutedPlace | undefined {
  return isOwnRoute(route) ? undefined : { entry: entriesOfPath(appPolicies, method, url)[0], url: plainPathname(url) };
}

function isVary(name: string): boolean {
  return name.length === 4 && name.toLowerCase() === 'vary';
}

function asVary(value: unknown): VaryValue {
  return typeof value === 'string' || Array.isArray(value) ? value : undefined;
}
