import type { AbstractHttpAdapter } from '@nestjs/core';
import type { ServerResponse } from 'node:http';

import { EMPTY_TABLE, type RouteTable } from '../../routing/route-table.js';
import { isOwnRoute, takesRequest, type Route } from '../../routing/route.js';
import { placeName } from '../../policy/diagnosis/diagnose.js';
import type { CorsDiagnosis } from '../../policy/diagnosis/diagnosis.js';
import { STEP_OF, type DecisionReason, type RequestDecision } from '../../policy/model/decision.js';
import type { AppLog } from '../report/app-log.js';
import { publishDecision, type CorsDecisionEvent } from '../report/decision-channel.js';
import type { FaultConsequence } from '../report/request-log.js';
import type { Place } from '../report/request-place.js';
import { UNSHARED, type CorsState } from '../response/cors-state.js';
import type { Platform } from '../platform/platform.js';
import { runSecurityHook } from '../platform/security-hook.js';
import type { AppPolicies } from '../policies/app-policies.js';
import { PolicyFinder } from '../policies/policy-finder.js';
import type { ExploredRoute } from '../routes/route.explorer.js';
import { hasOrigin } from './cross-origin.js';
import { Diagnostician, type DiagnosedQuestion } from './diagnostician.js';

/** What a request needs: all of it was decided at start, or swapped in by `update()`. */
export class CorsRuntime {
  table: RouteTable = EMPTY_TABLE;
  finder = new PolicyFinder(EMPTY_TABLE);
  readonly #failed = new WeakSet<ServerResponse>();
  /** The policies in force, and those that are still used by requests from before an update. */
  readonly #ours = new WeakSet<AppPolicies>();
  #saidUnhooked = false;

  constructor(
    readonly platform: Platform,
    /** Read once for each request, at its entry. */
    public appPolicies: AppPolicies,
    readonly explored: readonly ExploredRoute[],
    private readonly logger: AppLog,
    private readonly adapter: AbstractHttpAdapter,
  ) {
    this.#ours.add(appPolicies);
  }

  /** From the next request on. */
  use(appPolicies: AppPolicies): void {
    this.appPolicies = appPolicies;
    this.#ours.add(appPolicies);
  }

  /** Whether a request was judged by this application, perhaps before an update. */
  hasJudged({ appPolicies }: { readonly appPolicies: AppPolicies }): boolean {
    return this.#ours.has(appPolicies);
  }

  useTable(table: RouteTable): void {
    this.table = table;
    this.finder = new PolicyFinder(table);
  }

  /** `CatsController.update`; undefined where no controller serves the request. */
  nameOf(route: Route | undefined): string | undefined {
    return isOwnRoute(route) ? this.explored[route.id]?.name : undefined;
  }

  /** Whether a request is for a route of this package's own, such as the inspector's. */
  isInternal(state: CorsState): boolean {
    const { route } = state;
    return this.hasJudged(state) && isOwnRoute(route) && this.explored[route.id]?.isInternal === true;
  }

  /** Why a request was refused, for somebody who listens on the diagnostics channel. */
  diagnose(state: CorsState, phase: CorsDecisionEvent['phase'], reason: DecisionReason): CorsDiagnosis | undefined {
    const { appPolicies, raw, request, url, route } = state;
    const isPreflight = phase === 'preflight';
    const announced = raw.headers['access-control-request-method'];
    // A function or resolver was asked only where nothing else was in the way; then the reason is the origin.
    const answer = reason === 'origin-not-allowed' ? false : undefined;
    const question: DiagnosedQuestion = {
      phase: isPreflight ? 'preflight' : 'request',
      origin: raw.headers.origin,
      method: isPreflight && announced !== undefined ? announced : (raw.method ?? state.method),
      url,
      headers: raw.headers['access-control-request-headers'],
      credentials: undefined,
      appPolicies,
      request,
      answerOf: () => answer,
    };
    const diagnostician = new Diagnostician(this);
    return isPreflight || !isOwnRoute(route)
      ? diagnostician.diagnose(question)
      : diagnostician.diagnoseRoute(question, route);
  }

  /** Whether Nest will run this route's handler, now that the router has got to it; undefined if that is not known. */
  takes(route: Route, request: unknown): boolean | undefined {
    return takesRequest(route, request, (of) => this.platform.hostnameOf(of));
  }

  /** A request is answered with 403: the reason goes to the log and to the diagnostics channel, not to the client. */
  reportForbidden(state: CorsState, decision: RequestDecision | undefined, why: 'enforce' | 'rewritten'): void {
    const reason = reasonOf(state, decision);
    const { requestLog } = state.appPolicies;
    const place = requestLog.placeOf(state);
    const { decides } = place;
    if (decides.kind === 'handlers' && decides.routes.length === 1) {
      // Of a request that was led astray: listeners are told whose policy it was as well.
      state.route ??= decides.routes[0];
    }
    requestLog.forbidden(place, FORBIDDEN_AS[why], () => whereWritten(state, place, reason));
    const refused: RequestDecision = { ...UNSHARED, reason };
    publishDecision(state, this, why, refused);
  }

  /** A fault in this library, and what happened to the request. The client does not learn the reason. Never throws. */
  reportFault(error: unknown, consequence: FaultConsequence): void {
    this.appPolicies.requestLog.fault(error, consequence);
  }

  /** The hook failed before it could leave a state with this response. */
  noteFailed(response: ServerResponse): void {
    this.#failed.add(response);
  }

  hasFailedAt(response: ServerResponse): boolean {
    return this.#failed.has(response);
  }

  /** Whether any policy is enforced. Read only if this library failed before the policy was known. */
  enforcesAnything(): boolean {
    const { base, byRoute, paths } = this.appPolicies;
    return [base, ...byRoute, ...paths.values().map((path) => path.policy)].some((policy) => policy?.enforce === true);
  }

  /** Tells the platform that the response is answered without it. Never throws: the answer must be sent in any case. */
  takeOver(reply: unknown): void {
    try {
      this.platform.takeOver(reply);
    } catch (error) {
      this.reportFault(error, 'refused');
    }
  }

  /** Sets what `app.useSecurityHeaders()` sets on the app's own responses. Never throws. */
  secure({ request, response }: Pick<CorsState, 'request' | 'response'>): void {
    runSecurityHook(this.adapter, request, response);
  }

  /** A handler was entered although the hook did not run: other code replaced the adapter's hook. Logged once. */
  reportUnhooked(): void {
    if (!this.#saidUnhooked) {
      this.#saidUnhooked = true;
      this.logger.error(
        'a request reached its handler without the CORS request hook: other code has replaced the hook of the HTTP adapter. ' +
          'Preflights are not answered, and answers sent before a handler carry no CORS headers; ' +
          'set other hooks with adapter.setOnRequestHook()',
      );
    }
  }
}

/** If the decision has none, what allows the origin stopped at the method, or at an origin that the browser has not told. */
function reasonOf({ raw }: CorsState, decision: RequestDecision | undefined): DecisionReason {
  if (decision === undefined) {
    return 'closed';
  }
  return decision.reason ?? (hasOrigin(raw) ? 'method-not-allowed' : 'no-origin');
}

/**
 * The core of a diagnosis: `origin-not-allowed, origin is written by forRoot`. The log has no more of it: a client must not be able
 * to make the server work out whole diagnoses by sending requests that are refused.
 */
function whereWritten({ appPolicies }: CorsState, { decides }: Place, reason: DecisionReason): string {
  const option = STEP_OF[reason] === 'method' ? 'methods' : 'origin';
  const [route, ...others] = decides.kind === 'handlers' ? decides.routes : [];
  const sources = (route !== undefined && others.length === 0 ? appPolicies.sources[route.id] : undefined) ?? {};
  const writer = Object.hasOwn(sources, option) ? sources[option] : undefined;
  return writer === undefined ? reason : `${reason}, ${option} is written by ${placeName(writer)}`;
}

const FORBIDDEN_AS = {
  enforce: 'its policy is enforced and does not allow this origin or this method',
  rewritten:
    'middleware or rewriteUrl moved it to this handler after its preflight had asked about another one, and this policy refuses it',
} as const;
