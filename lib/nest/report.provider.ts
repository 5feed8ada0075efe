import type { FactoryProvider } from '@nestjs/common';

import type { CorsDiagnosis } from '../policy/diagnosis/diagnosis.js';
import { CorsApplication } from './cors.application.js';
import { CORS_REPORT } from './cors.constants.js';
import { diagnoseHandshake } from './gateways/handshake-explainer.js';
import { listPaths, listRoutes, rootPolicy } from './policies/cors-route.js';
import { Diagnostician } from './request/diagnostician.js';
import { diagnosedQuestion, standIn } from './request/explainer.js';
import type { CorsQuestion } from './request/explanation.js';

/** A request that a page has made, and that was refused. */
interface RefusedPage extends CorsQuestion {
  readonly phase: 'preflight' | 'request';
  /** The browser stopped at the origin, so functions and resolvers, where any were asked, said no. */
  readonly isOriginRefused: boolean;
}

/** What tests can ask the application. */
export const reportProvider: FactoryProvider = {
  provide: CORS_REPORT,
  inject: [CorsApplication],
  useFactory: (application: CorsApplication) => ({
    diagnose: (page: RefusedPage) => diagnosePage(application, page),
    policies: () => ({
      routes: listRoutes(application.targets, application.appPolicies),
      paths: listPaths(application.appPolicies),
      root: rootPolicy(application.appPolicies),
    }),
  }),
};

/** Nobody is asked again: what functions and resolvers said follows from what came of it. */
function diagnosePage(application: CorsApplication, page: RefusedPage): CorsDiagnosis | undefined {
  const { runtime, gateways } = application;
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
