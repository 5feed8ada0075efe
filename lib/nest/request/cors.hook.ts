import type { IncomingMessage, ServerResponse } from 'node:http';

import type { RequestDecision } from '../../policy/model/decision.js';
import { announcedBy } from '../../policy/decisions/preflight-steps.js';
import { concludeRequest, evaluateRequest } from '../../policy/decisions/request-decision.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import { isOwnRoute, type Route } from '../../routing/route.js';
import type { CorsRuntime } from './cors.runtime.js';
import { publishDecision } from '../report/decision-channel.js';
import { isRefusedAsRewritten, isRefusedByEnforce, isRefusedUnjudged } from './enforcement.js';
import { refuseAtOnce, refuseUnjudged, refuseUnjudgedAtOnce, type Answerable } from './refusal.js';
import { cutOff, hasLeft, interceptHead } from '../response/write-head.js';
import { CorsState, UNSHARED, currentMethod, exchangeOf, keepStateWith, stateOf } from '../response/cors-state.js';
import { askAbout } from './ask-origin.js';
import { rawRequestOf, rawResponseOf } from '../platform/node-http.js';
import type { RequestHook } from '../platform/platform.js';
import { UNTOUCHED_BUT_VARYING } from '../policies/policy-finder.js';
import type { PreflightTarget } from '../policies/preflight-target.js';
import { PreflightResponder } from './preflight.js';

/** Whether the request goes on to the app; a promise, which never rejects, if a function or resolver has to be asked first. */
type GoesOn = boolean | Promise<boolean>;

/** The request hook: it answers preflights, and decides what every other response carries. */
export class CorsHook {
  readonly #preflights: PreflightResponder;

  constructor(private readonly runtime: CorsRuntime) {
    this.#preflights = new PreflightResponder(runtime);
  }

  /** It never throws or rejects, and returns nothing: the adapters expect neither. */
  readonly onRequest: RequestHook = (request, reply, raw, response, done) => {
    let goesOn: GoesOn;
    try {
      goesOn = this.#receive(request, reply, raw, response);
    } catch (error) {
      goesOn = this.#failedBeforePolicy(error, { request, reply, response }, raw);
    }
    // Outside the try: an error that the app throws afterwards is not a fault of this library.
    if (goesOn === true) {
      done();
    } else if (goesOn !== false) {
      goesOn
        // If nobody waits for the answer any more, the app gets nothing to do: Nest keeps the socket of such a request for good.
        .then((may) => goOnIf(may && !hasLeft(raw, response), done))
        .catch((error: unknown) => {
          // Only the app can have thrown, where its platform does not catch it. No other code reports it.
          this.runtime.appPolicies.requestLog.appFailed(error);
          cutOff(response);
        });
    }
  };

  /**
   * Runs for a request that did not come through here. Undefined where it did; else resolves with whether the request goes on.
   */
  ensureAnswered(request: unknown, reply: unknown): Promise<boolean> | undefined {
    const response = rawResponseOf(reply);
    if (stateOf(response) !== undefined) {
      return undefined;
    }
    return new Promise((resolve) => {
      response.once('close', () => resolve(false));
      this.onRequest(request, reply, rawRequestOf(request), response, () => resolve(true));
      // The client had disconnected before, and no other code reports it.
      if (response.destroyed) {
        resolve(false);
      }
    });
  }

  #receive(request: unknown, reply: unknown, given: IncomingMessage, response: ServerResponse): GoesOn {
    const earlier = exchangeOf(given, response);
    const { method = 'GET', url = '/' } = given;
    const { appPolicies, table, finder } = this.runtime;
    let governed = method;
    let vary: string | undefined;
    if (method === 'OPTIONS') {
      const { origin, 'access-control-request-method': announced } = (earlier?.raw ?? given).headers;
      if (origin !== undefined && announced !== undefined) {
        const target = finder.ofPreflight(appPolicies, announced, url, request);
        if (target !== undefined) {
          const asked = target.routes.find(isOwnRoute);
          const state = this.#stateFor(earlier, asked, request, reply, given, response, given);
          return this.#answerPreflight(state, target, announced);
        }
        // There is no policy: the app answers, and the method that was asked about governs its answer. Where `paths` leave that
        // method untouched, an entry for OPTIONS or forRoot's policy must not drop the headers of that answer.
        governed = announced;
      }
      vary = finder.varyOfOptions(appPolicies, announced, url, request);
    }
    const found = table.find(method, url, request);
    const route = isOwnRoute(found) ? found : undefined;
    const policy =
      route === undefined
        ? finder.ofUnrouted(appPolicies, found, governed, url, request)
        : appPolicies.byRoute[route.id];
    const state = this.#stateOfRequest(earlier, route, request, reply, given, response);
    state.vary = vary;
    return policy !== undefined && policy !== UNTOUCHED_BUT_VARYING
      ? this.#judge(state, policy, given, response)
      : this.#leaveAlone(state, policy, given, response);
  }

  /** No policy, and so nothing to judge. */
  #leaveAlone(
    state: CorsState,
    policy: typeof UNTOUCHED_BUT_VARYING | undefined,
    raw: IncomingMessage,
    response: ServerResponse,
  ): GoesOn {
    this.#attach(state, raw, response);
    state.answerWith(undefined, policy === UNTOUCHED_BUT_VARYING ? UNSHARED : undefined);
    return this.#isReroutedTo(state, undefined, undefined)
      ? refuseAtOnce(this.runtime, state, undefined, undefined, 'rewritten')
      : true;
  }

  #stateOfRequest(
    earlier: CorsState | undefined,
    route: Route | undefined,
    request: unknown,
    reply: unknown,
    given: IncomingMessage,
    response: ServerResponse,
  ): CorsState {
    if (earlier === undefined) {
      return this.#stateFor(undefined, route, request, reply, given, response, given);
    }
    const isRedispatched = this.#isRedispatched(earlier, given);
    const state = isRedispatched
      ? this.#stateFor(earlier, undefined, request, reply, given, response, earlier)
      : this.#stateFor(earlier, route, request, reply, given, response, given);
    state.isRedispatched = isRedispatched;
    if (isRedispatched) {
      // A copy: middleware may go on changing the request.
      state.rewrittenTo = { method: given.method, url: given.url };
    }
    state.hadPolicy = earlier.hadPolicy || earlier.policy !== undefined;
    return state;
  }

  /**
   * Something has rewritten the target before the platform routed it, and the preflight may have been about another route. What has a
   * policy is refused where that refuses what the preflight should have asked; what has none, where the preflight went elsewhere.
   */
  #isReroutedTo(state: CorsState, policy: CorsPolicy | undefined, decision: RequestDecision | undefined): boolean {
    const leadsPreflightHere = this.runtime.platform.rerouted(state.raw);
    if (leadsPreflightHere === undefined) {
      return false;
    }
    state.hadPolicy ||= policy === undefined;
    const isRefused = isRefusedAsRewritten(state, methodOf(state), policy, decision);
    return isRefused && (policy !== undefined || !leadsPreflightHere());
  }

  /**
   * Middleware has rewritten the request and handed it to the application once more (`app.handle()` of Express), or another
   * application has judged it and handed it to this one, by a function that cannot be inspected. Its preflight, if there was one,
   * asked about the target as it was sent, or asked the other application: the handler that is entered has the last word.
   */
  #isRedispatched(earlier: CorsState, { url, method }: IncomingMessage): boolean {
    if (!this.runtime.hasJudged(earlier)) {
      // Where no policy was concerned, preflights have come as far as this, too.
      return !earlier.isJoint && (earlier.isRedispatched || earlier.policy !== undefined);
    }
    return earlier.isRedispatched || earlier.url !== url || earlier.method !== method;
  }

  /** Where request or response stand in for those that were seen before, what the client sent is read there. */
  #stateFor(
    earlier: CorsState | undefined,
    route: Route | undefined,
    request: unknown,
    reply: unknown,
    raw: IncomingMessage,
    response: ServerResponse,
    sent: Pick<IncomingMessage, 'method' | 'url'>,
  ): CorsState {
    const { appPolicies } = this.runtime;
    const answered = earlier === undefined ? response : (stateOf(response)?.response ?? response);
    return new CorsState(appPolicies, route, request, reply, earlier?.raw ?? raw, answered, sent);
  }

  #attach(state: CorsState, raw: IncomingMessage, response: ServerResponse): void {
    interceptHead(state);
    if (state.raw !== raw || state.response !== response) {
      keepStateWith(state, raw, response);
    }
  }

  #answerPreflight(state: CorsState, target: PreflightTarget, announced: string): GoesOn {
    try {
      const goesOn = this.#preflights.respond(state, target, announced);
      return typeof goesOn === 'boolean'
        ? goesOn
        : goesOn.catch((error: unknown) => this.#failedAtPreflight(error, state));
    } catch (error) {
      return this.#failedAtPreflight(error, state);
    }
  }

  /** If this library fails at a preflight, the app must not get it: it would be answered by the wrong handler. */
  #failedAtPreflight(error: unknown, { reply, response }: CorsState): false {
    return refuseUnjudged(this.runtime, error, reply, response, 'preflight');
  }

  #judge(state: CorsState, policy: CorsPolicy, raw: IncomingMessage, response: ServerResponse): GoesOn {
    try {
      this.#attach(state, raw, response);
      const decision = evaluateRequest(policy, state.raw.headers.origin);
      return decision.verdict === 'pending' ? this.#ask(state, policy) : this.#conclude(state, policy, decision);
    } catch (error) {
      return this.#failedBeforeDecision(error, state, policy);
    }
  }

  /** A promise only where the answer is one; it never rejects. */
  #ask(state: CorsState, policy: CorsPolicy): GoesOn {
    const { origin = '' } = state.raw.headers;
    const answer = askAbout(state, this.runtime, policy, methodOf(state), state.url);
    return typeof answer === 'boolean'
      ? this.#conclude(state, policy, concludeRequest(policy, origin, answer))
      : answer
          .then((may) => !state.isUnawaited && this.#conclude(state, policy, concludeRequest(policy, origin, may)))
          .catch((error: unknown) => this.#failedBeforeDecision(error, state, policy));
  }

  #conclude(state: CorsState, policy: CorsPolicy, decision: RequestDecision): boolean {
    if (policy.enforce && isRefusedByEnforce(state, policy, decision, methodOf(state))) {
      return refuseAtOnce(this.runtime, state, policy, decision, 'enforce');
    }
    if (this.#isReroutedTo(state, policy, decision)) {
      return refuseAtOnce(this.runtime, state, policy, decision, 'rewritten');
    }
    state.answerWith(policy, decision);
    publishDecision(state, this.runtime, 'request', decision);
    return true;
  }

  /** This library failed before the decision: an enforced policy refuses; otherwise the request goes on without CORS headers. */
  #failedBeforeDecision(error: unknown, state: CorsState, policy: CorsPolicy): boolean {
    state.answerWith(policy, UNSHARED);
    if (policy.enforce && isRefusedUnjudged(state.raw)) {
      return refuseUnjudgedAtOnce(this.runtime, error, state);
    }
    this.runtime.reportFault(error, 'went on');
    return true;
  }

  /**
   * This library failed before the policy was found: the strictest policy of the app decides. The handler that is entered is
   * checked again with its own policy.
   */
  #failedBeforePolicy(error: unknown, answerable: Answerable, raw: IncomingMessage): boolean {
    const { reply, response } = answerable;
    this.runtime.noteFailed(response);
    const sent = sentRequest(raw, response);
    if (isPreflight(sent)) {
      return refuseUnjudged(this.runtime, error, reply, response, 'preflight');
    }
    if (this.runtime.enforcesAnything() && isRefusedUnjudged(sent)) {
      return refuseUnjudgedAtOnce(this.runtime, error, answerable);
    }
    this.runtime.reportFault(error, 'went on');
    return true;
  }
}

function goOnIf(may: boolean, done: () => void): void {
  if (may) {
    done();
  }
}

/** Now: where it has been here before, the state remembers the method with which it came first. */
function methodOf(state: CorsState): string {
  return state.isRedispatched ? currentMethod(rawRequestOf(state.request), state) : state.method;
}

function sentRequest(raw: IncomingMessage, response: ServerResponse): IncomingMessage {
  try {
    return exchangeOf(raw, response)?.raw ?? raw;
  } catch {
    return raw;
  }
}

/** Where even that cannot be read, it is answered like one: nothing of the app is to see what we cannot. */
function isPreflight(sent: IncomingMessage): boolean {
  try {
    return announcedBy(sent) !== undefined;
  } catch {
    return sent.method === 'OPTIONS';
  }
}
