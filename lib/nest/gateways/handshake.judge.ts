import type { IncomingMessage } from 'node:http';

import { concludeRequest, evaluateRequest } from '../../policy/decisions/request-decision.js';
import type { PreflightDecision, RequestDecision } from '../../policy/model/decision.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import type { Route } from '../../routing/route.js';
import type { AppPolicies } from '../policies/app-policies.js';
import { publishDecision, type DecidedRequest, type DecisionDetails } from '../report/decision-channel.js';
import { askOrigin } from '../request/ask-origin.js';
import type { QuestionBase } from '../request/origin-question.js';
import { hasOrigin, hostOf, isSameAuthority } from '../request/cross-origin.js';
import { UNSHARED } from '../response/cors-state.js';
import type { Candidate, PolicyGroup } from './gateway.explorer.js';
import { placeOfSocket } from './socket-place.js';

/** What is known of a handshake when it is judged. */
export interface Handshake {
  readonly raw: IncomingMessage;
  readonly appPolicies: AppPolicies;
  /** It may be for any of these: one that allows it is enough. */
  readonly groups: readonly PolicyGroup[];
  /** It was checked at the server's door, and now is for one of the namespaces: only a refusal is reported. */
  readonly isAgain: boolean;
}

export interface HandshakeVerdict {
  readonly passes: boolean;
  /** What an answer over HTTP carries; `policy` undefined: the app's own CORS headers stay. */
  readonly policy: CorsPolicy | undefined;
  readonly decision: RequestDecision | undefined;
  /** The gateway whose policy this was. */
  readonly route: Route | undefined;
}

/** No policy says anything about this socket. */
const UNTOUCHED: HandshakeVerdict = Object.freeze({
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

  constructor(private readonly names: DecisionDetails<DecidedRequest>) {}

  /** A promise only if a function or resolver has to be asked. It never rejects. */
  judge(handshake: Handshake): HandshakeVerdict | Promise<HandshakeVerdict> {
    const verdict = this.verdictOn(handshake);
    return verdict instanceof Promise
      ? verdict.then((late) => this.#report(handshake, late))
      : this.#report(handshake, verdict);
  }

  /** The same without a word to anybody. */
  verdictOn(handshake: Handshake): HandshakeVerdict | Promise<HandshakeVerdict> {
    const { groups } = handshake;
    if (groups.every((group) => group.length === 0)) {
      return UNTOUCHED;
    }
    const isOwn = !isForeignHandshake(handshake.raw);
    const [group] = groups;
    if (groups.length === 1 && group !== undefined) {
      return this.#ofGroup(handshake, group, isOwn);
    }
    const verdicts = groups.map((each) => this.#ofGroup(handshake, each, isOwn));
    const settled = verdicts.filter(isSettled);
    return settled.length === verdicts.length ? bestOf(settled) : allOf(verdicts).then(bestOf);
  }

  #ofGroup(handshake: Handshake, group: PolicyGroup, isOwn: boolean): HandshakeVerdict | Promise<HandshakeVerdict> {
    const [first] = group;
    if (first === undefined) {
      return UNTOUCHED;
    }
    const { policy, route } = first;
    const { origin } = handshake.raw.headers;
    if (!isOwn && !hasOrigin(handshake.raw)) {
      // It names no origin that a policy could allow, not even with `*`.
      return { passes: false, policy, decision: NO_ORIGIN, route };
    }
    const decision = evaluateRequest(policy, origin);
    if (group.length === 1 && decision.verdict !== 'pending') {
      return { passes: isOwn || decision.verdict === 'allowed', policy, decision, route };
    }
    const decisions = group.map((candidate) => evaluateRequest(candidate.policy, origin));
    const isSettledAlready =
      isOwn ||
      decisions.some(({ verdict }) => verdict === 'refused') ||
      decisions.every(({ verdict }) => verdict === 'allowed');
    if (isSettledAlready) {
      return verdictOf(group, decisions.map(withoutPending(group)), isOwn);
    }
    const asked = group.map((candidate, index) =>
      decisions[index]?.verdict === 'pending' ? this.ask(handshake.raw, candidate, handshake.appPolicies) : true,
    );
    return allOf(asked).then((answers) =>
      verdictOf(
        group,
        group.map((candidate, index) => concludeRequest(candidate.policy, origin ?? '', answers[index] === true)),
        isOwn,
      ),
    );
  }

  /** @param method - the one that a preflight announces; left out: the request's own. */
  ask(
    raw: IncomingMessage,
    { policy, route }: Candidate,
    appPolicies: AppPolicies,
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
    const left = new AbortController();
    const leave = (): void => left.abort();
    raw.socket.once('close', leave);
    if (raw.socket.destroyed) {
      leave();
    }
    const place = placeOfSocket(appPolicies, route, policy, base.url);
    const answer = Promise.resolve(askOrigin(policy, base, appPolicies, place, left.signal)).finally(() => {
      raw.socket.off('close', leave);
    });
    answers.set(policy, answer);
    return answer;
  }

  publish(
    { raw, appPolicies }: Pick<Handshake, 'raw' | 'appPolicies'>,
    route: Route | undefined,
    decision: RequestDecision | PreflightDecision,
  ): void {
    publishDecision({ route, raw, appPolicies }, this.names, 'handshake', decision);
  }

  #report({ raw, appPolicies, isAgain }: Handshake, verdict: HandshakeVerdict): HandshakeVerdict {
    const { route, policy, passes, decision } = verdict;
    if (!passes) {
      const place = placeOfSocket(appPolicies, route, policy, raw.url ?? '/');
      appPolicies.requestLog.socketRefused(place, raw.headers['sec-fetch-site'] === undefined);
    }
    // A page of the application itself gets its socket whatever the policy says, so this is not a refusal.
    if (decision !== undefined && (passes ? !isAgain && decision.verdict === 'allowed' : true)) {
      this.publish({ raw, appPolicies }, route, decision);
    }
    return verdict;
  }
}

/**
 * Whether a handshake comes from a page of another origin. Sec-Fetch-Site comes first: a page of the same host on another
 * scheme has another origin, and only the browser knows. Extensions send `none` together with their own origin.
 */
export function isForeignHandshake(raw: IncomingMessage): boolean {
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

/** No function or resolver is asked about a settled handshake: its answer carries no headers that would depend on them. */
function withoutPending(group: PolicyGroup): (decision: RequestDecision, index: number) => RequestDecision {
  return (decision, index) =>
    decision.verdict === 'pending' ? (group[index]?.policy.answers['not-allowed'] ?? UNSHARED) : decision;
}

/** All of a group have to allow; credentials only if all say so. */
function verdictOf(group: PolicyGroup, decisions: readonly RequestDecision[], isOwn: boolean): HandshakeVerdict {
  const refusing = decisions.findIndex(({ verdict }) => verdict !== 'allowed');
  const at = Math.max(0, refusing);
  const first = decisions[at] ?? UNSHARED;
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
  if (best?.decision !== undefined) {
    const vary = verdicts.some(({ decision }) => decision?.vary);
    return vary === best.decision.vary ? best : { ...best, decision: { ...best.decision, vary } };
  }
  const untouched = verdicts.some(({ decision }) => decision === undefined);
  return untouched ? OPEN_TO_SOME : (verdicts[0] ?? UNTOUCHED);
}
