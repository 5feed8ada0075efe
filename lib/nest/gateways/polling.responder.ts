import type { IncomingMessage, ServerResponse } from 'node:http';

import {
  concludePreflight,
  evaluatePreflight,
  policiesToAsk,
  type PreflightQuestion,
} from '../../policy/decisions/preflight-decision.js';
import { announcedBy } from '../../policy/decisions/preflight-steps.js';
import type { PreflightDecision } from '../../policy/model/decision.js';
import { SOCKET_ROUTE } from '../../routing/route.js';
import type { AppPolicies } from '../policies/app-policies.js';
import { CorsState } from '../response/cors-state.js';
import { interceptHead } from '../response/write-head.js';
import type { Door, DoorHost } from './door.js';
import type { PolicyGroup } from './gateway.explorer.js';
import type { HandshakeVerdict } from './handshake.judge.js';
import { refuseRequest } from './refusal.js';

/** What engine.io takes at its path. */
const POLLING_METHODS: readonly string[] = ['GET', 'POST'];

/**
 * Runs before engine.io handles a request: engine.io takes its path away from the application's router and the request hook.
 * Every request is checked, whatever session it belongs to; preflights are answered, and the rest goes on with CORS headers.
 */
export class PollingResponder {
  constructor(private readonly host: DoorHost) {}

  /** @param isFile - the request is for one of the client files that socket.io serves: it is never refused. */
  respond(door: Door, raw: IncomingMessage, response: ServerResponse, goOn: () => unknown, isFile = false): void {
    const { appPolicies } = this.host;
    const announced = announcedBy(raw);
    if (announced !== undefined && appPolicies !== undefined) {
      const groups = door.groups(appPolicies);
      if (groups.some((group) => group.length > 0)) {
        this.#preflight(groups, raw, response, announced, appPolicies).catch((error: unknown) => {
          this.host.reportFault(error);
        });
        return;
      }
    }
    const verdict = isFile ? door.verdictOnFile(raw) : door.judge(raw);
    if (verdict instanceof Promise) {
      verdict
        .then((late) => this.#conclude(late, raw, response, appPolicies, goOn))
        .catch((error: unknown) => {
          this.host.reportLateFailure(error);
          response.destroy();
        });
    } else {
      this.#conclude(verdict, raw, response, appPolicies, goOn);
    }
  }

  #conclude(
    verdict: HandshakeVerdict,
    raw: IncomingMessage,
    response: ServerResponse,
    appPolicies: AppPolicies | undefined,
    goOn: () => unknown,
  ): void {
    if (!verdict.passes) {
      refuseRequest(raw, response);
      return;
    }
    if (response.destroyed) {
      return;
    }
    if (verdict.decision !== undefined && appPolicies !== undefined) {
      const state = new CorsState(appPolicies, verdict.route ?? SOCKET_ROUTE, raw, response, raw, response);
      // So that no cache takes it for the answer to a preflight.
      state.vary = raw.method === 'OPTIONS' ? 'Origin, Access-Control-Request-Method' : undefined;
      interceptHead(state);
      state.answerWith(verdict.policy, verdict.decision);
    }
    goOn();
  }

  /** A preflight does not name a namespace either: it passes if any of them allows it. */
  async #preflight(
    groups: readonly PolicyGroup[],
    raw: IncomingMessage,
    response: ServerResponse,
    method: string,
    appPolicies: AppPolicies,
  ): Promise<void> {
    try {
      const { origin = '', 'access-control-request-headers': headers } = raw.headers;
      const question: PreflightQuestion = {
        origin,
        method,
        headers,
        isServed: () => POLLING_METHODS.includes(method),
        promised: () => POLLING_METHODS.join(', '),
        // engine.io answers what has no `Origin`; and which namespace's answer this is may depend on the origin.
        hasOptionsHandler: () => true,
        alwaysAllowed: undefined,
        debug: appPolicies.debug,
      };
      const judged = groups.filter((group) => group.length > 0);
      const decisions = await Promise.all(judged.map((group) => this.#decide(group, question, raw, appPolicies)));
      const allowed = decisions.filter(({ verdict }) => verdict === 'allowed');
      const best = allowed.find(({ headers: flat }) => flat.includes('Access-Control-Allow-Credentials'));
      const [decision = decisions[0]] = best === undefined ? allowed : [best];
      if (decision !== undefined) {
        this.host.judge.publish({ raw, appPolicies }, judged[decisions.indexOf(decision)]?.[0]?.route, decision);
        answer(response, decision);
      }
    } catch (error) {
      this.host.reportFault(error);
      refuseRequest(raw, response);
    }
  }

  async #decide(
    group: PolicyGroup,
    question: PreflightQuestion,
    raw: IncomingMessage,
    appPolicies: AppPolicies,
  ): Promise<PreflightDecision> {
    const policies = group.map(({ policy }) => policy);
    const decision = evaluatePreflight(policies, question);
    if (decision.verdict !== 'pending') {
      return decision;
    }
    const asked = policiesToAsk(policies, question.origin);
    const answers = group
      .filter(({ policy }) => asked.includes(policy))
      .map(async (candidate) => {
        const allowed = await this.host.judge.ask({ raw, appPolicies }, candidate, question.method);
        return [candidate.policy, allowed] as const;
      });
    return concludePreflight(policies, question, new Map(await Promise.all(answers)));
  }
}

/** No gateway has an OPTIONS handler: what `preflightContinue` would leave to one is answered here. */
function answer(response: ServerResponse, { status, headers }: PreflightDecision): void {
  if (response.headersSent || response.destroyed) {
    return;
  }
  const hasLength = status === 204 || headers.includes('Content-Length');
  response.writeHead(status, hasLength ? [...headers] : [...headers, 'Content-Length', '0']);
  response.end();
}
