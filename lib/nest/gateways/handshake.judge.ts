import { setMaxListeners } from 'node:events';
import type { IncomingMessage } from 'node:http';

import { concludeRequest, evaluateRequest } from '../../policy/decisions/request-decision.js';
import type { PreflightDecision, RequestDecision } from '../../policy/model/decision.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import type { Route } from '../../routing/route.js';
import type { AppPolicies } from '../policies/app-policies.js';
import { publishDecision, type DecidedRequest, type DecisionDetails } from '../report/decision-channel.js';
import { askOrigin } from '../request/ask-origin.js';
import type { QuestionBase } from '../request/origin-question.js';
import { hasOrigin, hostOf, isSameAuthority, type RequestHeaders } from '../request/cross-origin.js';
import { UNSHARED } from '../response/cors-state.js';
import type { Candidate, PolicyGroup } from './gateway.explorer.js';
import { placeOfSocket } from './socket-place.js';
import type { Connection } from './socket-servers.js';

/** What is known of a handshake when it is judged. */
export interface Handshake {
  readonly raw: IncomingMessage;
  readonly appPolicies: AppPolicies;
  /** It may be for any of these: one that allows it is enough. */
  readonly groups: readonly PolicyGroup[];
  /**
   * Of a session whose handshake was checked at the server's door, and which now asks for one of the namespaces: only a refusal is
   * reported. The connection that brought the handshake may be closed by then.
   */
  readonly session?: Connection | undefined;
}

/** A handshake that was decided, with the policies of that moment. */
export type DecidedHandshake = DecidedRequest & Pick<Handshake, 'appPolicies'>;

export interface HandshakeVerdict {
  readonly passes: boolean;
  /** What an answer over HTTP carries; `policy` undefined: the app's own CORS headers stay. */
  readonly policy: CorsPolicy | undefined;
  readonly decision: RequestDecision | undefined;
  /** The gateway whose policy this was. */
  readonly route: Route | undefined;
}

/** No policy says anything about this socket. */
export const UNTOUCHED: HandshakeVerdict = Object.freeze({
  passes: true,
  policy: undefined,
  decision: undefined,
  route: undefined,
});

const NO_ORIGIN: RequestDecision = Object.freeze({ ...UNSHARED, reason: 'no-origin' });

/** An allowed handshake that policies of other gateways at this server affect: its answer depends on the origin. */
const OPEN_TO_SOME: HandshakeVerdict = Object.freeze({ ...UNTOUCHED, decision: UNSHARED });

/**
 * Judges handshakes: no page that the policy refuses gets a socket.
 *
 * A browser opens a WebSocket to any host, with the visitor's cookies, and has no CORS check for it. So every handshake is
 * enforced, whatever `enforce` says.
 *
 * @see RFC 6455, 4.2.2 and 10.2
 */
export class HandshakeJudge {
  /** A function or resolver is asked once about a handshake, which may be judged again for each of its namespaces. */
  readonly #answers = new WeakMap<IncomingMessage, Map<CorsPolicy, Promise<boolean>>>();

  /** Aborted when the client has left; one for each connection, however many are asked. */
  readonly #left = new WeakMap<Connection, AbortSignal>();

  constructor(private readonly names: DecisionDetails<DecidedHandshake>) {}

  /** A promise only if a function or resolver has to be asked. It never rejects. */
  judge(handshake: Handshake): HandshakeVerdict | Promise<HandshakeVerdict> {
    const verdict = this.verdictOn(handshake);
    return verdict instanceof Promise
      ? verdict.then((late) => this.#report(handshake, late))
      : this.#report(handshake, verdict);
  }

  /** The same without a word to anybody. */
  verdictOn(handshake: Handshake): HandshakeVerdict | Promise<HandshakeVerdict> {
    return verdictOn(handshake.groups, handshake.raw, (candidate) => this.ask(handshake, candidate));
  }

  /** @param method - the one that a preflight announces; left out: the request's own. */
  ask(
    { raw, appPolicies, session = raw.socket }: Omit<Handshake, 'groups'>,
    { policy, route }: Candidate,
    method = raw.method ?? 'GET',
  ): Promise<boolean> {
    const answers = this.#answers.get(raw) ?? new Map<CorsPolicy, Promise<boolean>>();
    this.#answers.set(raw, answers);
    const known = answers.get(policy);
    if (known !== undefined) {
      return known;
    }
    const base: QuestionBase = {
      origin: raw.headers.origin ?? '',
      phase: 'handshake',
      method,
      url: raw.url ?? '/',
      get params() {
        return {};
      },
      host: hostOf(raw),
      route: this.names.nameOf(route),
    };
    const place = placeOfSocket(appPolicies, route, policy, base.url);
    const answer = Promise.resolve(askOrigin(policy, base, appPolicies, place, this.#leftOf(session)));
    answers.set(policy, answer);
    return answer;
  }

  #leftOf(connection: Connection): AbortSignal {
    const known = this.#left.get(connection);
    if (known !== undefined) {
      return known;
    }
    const left = new AbortController();
    // There is a listener for each policy that asks. That is not a leak, so Node must not warn of one.
    setMaxListeners(0, left.signal);
    if (connection.destroyed === true || connection.readyState === 'closed') {
      left.abort();
    } else {
      connection.once('close', () => left.abort());
    }
    this.#left.set(connection, left.signal);
    return left.signal;
  }

  publish(
    { raw, appPolicies }: Pick<Handshake, 'raw' | 'appPolicies'>,
    route: Route | undefined,
    decision: RequestDecision | PreflightDecision,
  ): void {
    publishDecision({ route, raw, appPolicies }, this.names, 'handshake', decision);
  }

  #report({ raw, appPolicies, session }: Handshake, verdict: HandshakeVerdict): HandshakeVerdict {
    const { route, policy, passes, decision } = verdict;
    if (!passes) {
      const place = placeOfSocket(appPolicies, route, policy, raw.url ?? '/');
      appPolicies.requestLog.socketRefused(place, raw.headers['sec-fetch-site'] === undefined);
    }
    // A page of the application itself gets its socket whatever the policy says, so this is not a refusal.
    if (decision !== undefined && (passes ? session === undefined && decision.verdict === 'allowed' : true)) {
      this.publish({ raw, appPolicies }, route, decision);
    }
    return verdict;
  }
}

/** As much of a handshake as is read to tell whose page it comes from: of a hypothetical one, too. */
type HandshakeRequest = RequestHeaders & { readonly url?: string | undefined; readonly socket: object };

type Ask = (candidate: Candidate) => Promise<boolean>;

/** @param ask - asks the functions and resolvers of a policy: called where nothing else decides. */
export function verdictOn(
  groups: readonly PolicyGroup[],
  raw: HandshakeRequest,
  ask: Ask,
): HandshakeVerdict | Promise<HandshakeVerdict> {
  if (groups.every((group) => group.length === 0)) {
    return UNTOUCHED;
  }
  const isOwn = !isForeignHandshake(raw);
  const verdicts = groups.map((group) => ofGroup(group, raw, isOwn, ask));
  const settled = verdicts.filter(isSettled);
  return settled.length === verdicts.length ? bestOf(settled) : allOf(verdicts).then(bestOf);
}

function ofGroup(
  group: PolicyGroup,
  raw: HandshakeRequest,
  isOwn: boolean,
  ask: Ask,
): HandshakeVerdict | Promise<HandshakeVerdict> {
  const [first] = group;
  if (first === undefined) {
    return UNTOUCHED;
  }
  if (!isOwn && !hasOrigin(raw)) {
    // It names no origin that a policy could allow, not even with `*`.
    return { passes: false, policy: first.policy, decision: NO_ORIGIN, route: first.route };
  }
  const { origin = '' } = raw.headers;
  const decisions = group.map(({ policy }) => evaluateRequest(policy, origin));
  const isSettledAlready = isOwn || decisions.some(isRefusal) || !decisions.some(isPending);
  if (isSettledAlready) {
    return verdictOf(group, decisions, isOwn);
  }
  const asked = group.map((candidate, at) => {
    const decision = decisions[at] ?? UNSHARED;
    return isPending(decision)
      ? ask(candidate).then((answer) => concludeRequest(candidate.policy, origin, answer))
      : decision;
  });
  return allOf(asked).then((concluded) => verdictOf(group, concluded, isOwn));
}

function isPending({ verdict }: RequestDecision): boolean {
  return verdict === 'pending';
}

function isRefusal({ verdict }: RequestDecision): boolean {
  return verdict === 'refused';
}

/**
 * Whether a handshake comes from a page of another origin. Sec-Fetch-Site comes first: a page of the same host on another
 * scheme has another origin, and only the browser knows. Extensions send `none` together with their own origin.
 */
export function isForeignHandshake(raw: HandshakeRequest): boolean {
  const { origin, 'sec-fetch-site': site } = raw.headers;
  if (origin === undefined) {
    // Every handshake that a page can get anything from names its origin, but for one: JSONP polling answers with a script.
    return site === undefined || site === '' ? isJsonp(raw.url ?? '') : site === 'cross-site' || site === 'same-site';
  }
  if (site !== undefined) {
    return site !== 'same-origin';
  }
  const isEncrypted = Reflect.get(raw.socket, 'encrypted') === true;
  return (isEncrypted && !origin.startsWith('https://')) || !isSameAuthority(origin, hostOf(raw));
}

function isJsonp(url: string): boolean {
  const query = url.indexOf('?');
  return query !== -1 && new URLSearchParams(url.slice(query)).has('j');
}

function isSettled(verdict: HandshakeVerdict | Promise<HandshakeVerdict>): verdict is HandshakeVerdict {
  return !(verdict instanceof Promise);
}

function allOf<T>(values: readonly (T | Promise<T>)[]): Promise<readonly T[]> {
  return Promise.all(values.map(async (value) => value));
}

/** All of a group have to allow; credentials only if all say so. */
function verdictOf(group: PolicyGroup, decisions: readonly RequestDecision[], isOwn: boolean): HandshakeVerdict {
  // What was not asked has refused nothing, and the answer carries no headers that would depend on it.
  const refusing = decisions.findIndex(isRefusal);
  const at = Math.max(0, refusing === -1 ? decisions.findIndex(isPending) : refusing);
  const found = decisions[at] ?? UNSHARED;
  const first = isPending(found) ? UNSHARED : found;
  const candidate = group[at];
  const vary = decisions.some((decision) => decision.vary);
  const echoing = decisions.find(({ allowOrigin }) => allowOrigin !== '*') ?? first;
  const decision: RequestDecision =
    decisions.length === 1
      ? first
      : {
          ...first,
          allowOrigin: first.verdict === 'allowed' ? echoing.allowOrigin : undefined,
          allowCredentials: decisions.every(({ allowCredentials }) => allowCredentials),
          vary,
        };
  return { passes: isOwn || refusing === -1, policy: candidate?.policy, decision, route: candidate?.route };
}

/** One group that allows is enough to get in; what is open to all beside it leaves the headers to the app. */
function bestOf(verdicts: readonly HandshakeVerdict[]): HandshakeVerdict {
  const allowing = verdicts.filter(({ decision }) => decision?.verdict === 'allowed');
  const best = allowing.find(({ decision }) => decision?.allowCredentials) ?? allowing[0];
  if (best === undefined && verdicts.some(({ decision }) => decision === undefined)) {
    return OPEN_TO_SOME;
  }
  // Of a refusal too: another origin may get another answer.
  const { decision = UNSHARED, ...verdict } = best ?? verdicts[0] ?? UNTOUCHED;
  return { ...verdict, decision: { ...decision, vary: verdicts.some((each) => each.decision?.vary) } };
}
