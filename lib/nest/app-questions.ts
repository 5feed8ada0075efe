import { checkText } from '../policy/mistakes/argument.js';
import { closestName } from '../policy/mistakes/closest-name.js';
import { CorsConfigError } from '../policy/mistakes/config-error.js';
import type { CorsConfigIssue } from '../policy/mistakes/issue.js';
import { evaluateRequest } from '../policy/decisions/request-decision.js';
import type { CorsDiagnosis } from '../policy/diagnosis/diagnosis.js';
import { safeText } from '../policy/mistakes/safe-text.js';
import type { Gateways } from './gateways/gateways.js';
import type { AppPolicies } from './policies/app-policies.js';
import { diagnoseHandshake, explainHandshake } from './gateways/handshake-explainer.js';
import {
  listPaths,
  listRoutes,
  rootPolicy,
  type CorsPathEntry,
  type CorsRootPolicy,
  type CorsRoute,
  type NamedTarget,
} from './policies/cors-route.js';
import type { AppRegistry } from './request/app-registry.js';
import { askOrigin } from './request/ask-origin.js';
import type { CorsRuntime } from './request/cors.runtime.js';
import { Diagnostician } from './request/diagnostician.js';
import { diagnosedQuestion, Explainer, standIn } from './request/explainer.js';
import type { CorsExplanation, CorsQuestion } from './request/explanation.js';
import { checkedQuestion } from './request/question-check.js';

/** A request that a page has made, and that was refused. */
export interface RefusedPage extends CorsQuestion {
  readonly phase: 'preflight' | 'request';
  /** The browser stopped at the origin, so functions and resolvers, where any were asked, said no. */
  readonly isOriginRefused: boolean;
}

/** What the application knows. */
interface Known {
  readonly appPolicies: AppPolicies;
  readonly targets: readonly NamedTarget[];
  readonly runtime: CorsRuntime | undefined;
  readonly gateways: Gateways;
  readonly mountPathAt: AppRegistry['mountPathAt'];
}

/** What the application tells about its policies: to `CorsService`, and to tests. */
export class AppQuestions {
  constructor(private readonly application: Known) {}

  routes(): readonly CorsRoute[] {
    return listRoutes(this.application.targets, this.application.appPolicies);
  }

  paths(): readonly CorsPathEntry[] {
    return listPaths(this.application.appPolicies);
  }

  rootPolicy(): CorsRootPolicy {
    return rootPolicy(this.application.appPolicies);
  }

  async explain(question: CorsQuestion, asksResolvers: boolean): Promise<CorsExplanation> {
    const { runtime, gateways } = this.application;
    const asked = checkedQuestion(question);
    if (asked.handshake === true) {
      return explainHandshake(gateways, asked, asksResolvers);
    }
    if (runtime === undefined) {
      throw new Error(
        'CorsService.explain() does not know routes before onModuleInit(), nor in an application without HTTP',
      );
    }
    return new Explainer(runtime, asksResolvers, this.application.mountPathAt).explain(asked);
  }

  async allows(origin: string | undefined, policy: string | undefined): Promise<boolean> {
    const { appPolicies } = this.application;
    // A request without the header: its handler may pass on what `@Headers('origin')` gave it.
    if (origin !== undefined) {
      checkText('allows()', "an origin, such as 'https://app.example.com'", origin);
    }
    if (policy !== undefined && !appPolicies.named.has(policy)) {
      throw new CorsConfigError([unknownPolicy(policy, appPolicies.named.keys())]);
    }
    const chosen = policy === undefined ? appPolicies.base : appPolicies.named.get(policy);
    if (chosen === undefined) {
      return false;
    }
    const { verdict } = evaluateRequest(chosen, origin);
    if (verdict !== 'pending') {
      return verdict === 'allowed';
    }
    const question = {
      origin: origin ?? '',
      phase: 'other',
      method: '',
      url: '',
      get params() {
        return {};
      },
      host: undefined,
      route: undefined,
    } as const;
    const name = `CorsService.allows(), ${policy === undefined ? 'forRoot' : `policies.${safeText(policy)}`}`;
    return askOrigin(chosen, question, appPolicies, { key: name, name, decides: { kind: 'other' } });
  }

  /** Nobody is asked again: what functions and resolvers said follows from what came of it. */
  diagnose(page: RefusedPage): CorsDiagnosis | undefined {
    const { runtime, gateways } = this.application;
    const diagnose = (answer: false | undefined): CorsDiagnosis | undefined => {
      if (page.handshake === true) {
        return diagnoseHandshake(gateways, page, () => answer);
      }
      if (runtime === undefined) {
        return undefined;
      }
      const question = diagnosedQuestion(page, page.phase, runtime.appPolicies, standIn(page), () => answer);
      return new Diagnostician(runtime).diagnose(question);
    };
    const diagnosis = diagnose(undefined);
    // A preflight that fails at another step is not put to a function at all.
    const isExplained = diagnosis !== undefined && diagnosis.step !== 'credentials';
    return isExplained || !page.isOriginRefused ? diagnosis : (diagnose(false) ?? diagnosis);
  }
}

function unknownPolicy(name: string, known: Iterable<string>): CorsConfigIssue {
  const guess = closestName(name, known);
  return {
    code: 'unknown-policy',
    where: 'CorsService.allows()',
    path: 'policy',
    value: name,
    guess,
    suggestion: undefined,
  };
}
