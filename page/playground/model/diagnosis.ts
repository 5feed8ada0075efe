/** The application as `CorsBlockedError` asks it why a page was refused: the same report that a real one gives. */
import type { DiagnosedRequest } from '../../../lib/policy/diagnosis/diagnosis.js';
import type { NestApp } from '../../../lib/testing/fetch-target.js';
import type { Application } from './application.js';

interface RefusedPage {
  readonly phase: 'preflight' | 'request';
  readonly origin: string;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly string[];
  readonly credentials: boolean;
}

const ANY: object = Object.freeze({ headers: Object.freeze({}) });

export function reportingTarget({ diagnostician, appPolicies }: Application): NestApp {
  const diagnose = (page: RefusedPage) => {
    const question: DiagnosedRequest = {
      ...page,
      headers: page.headers.length === 0 ? undefined : page.headers.join(','),
    };
    return diagnostician.diagnose({ ...question, appPolicies, request: ANY, answerOf: () => undefined });
  };
  const report = { diagnose, policies: () => undefined };
  const target = {
    get: () => report,
    getHttpServer: () => undefined,
    getHttpAdapter: () => ({ getInstance: () => undefined }),
  };
  return target;
}
