import type { CorsOriginQuestion } from '../../policy/model/origin-resolver.js';
import type { CorsPolicy, OriginAsk } from '../../policy/model/policy.js';
import { safeText } from '../../policy/mistakes/safe-text.js';
import type { Route } from '../../routing/route.js';
import { hostOf } from './cross-origin.js';
import type { CorsRuntime } from './cors.runtime.js';
import type { CorsState } from '../response/cors-state.js';
import type { AppPolicies } from '../policies/app-policies.js';

/** What a function origin or a resolver is told; the signal is made for each policy asked. */
export type QuestionBase = Omit<CorsOriginQuestion, 'signal'>;

/** What is asked about a request under way. */
export function questionOf(
  { route, raw, url }: CorsState,
  runtime: CorsRuntime,
  phase: 'preflight' | 'request',
  method: string,
): QuestionBase {
  const params = route === undefined ? {} : runtime.table.paramsOf(route, method, url);
  const { origin = '' } = raw.headers;
  return {
    origin,
    phase,
    method,
    url,
    params: Object.freeze({ ...params }),
    host: hostOf(raw),
    route: runtime.nameOf(route),
  };
}

/**
 * Asks the functions and resolvers of a policy, in parallel, until one says yes. Whatever goes wrong is a no: a throw, a
 * rejection, an answer that is no boolean, or none within `originTimeout`. It never rejects.
 */
export function askOrigin(
  policy: CorsPolicy,
  base: QuestionBase,
  appPolicies: AppPolicies,
  route: Route | undefined,
): Promise<boolean> {
  const timeout = new AbortController();
  const question: CorsOriginQuestion = Object.freeze({ ...base, signal: timeout.signal });
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      appPolicies.requestLog.askFailed(
        route,
        `its origin function or resolver took longer than ${policy.originTimeout} ms`,
      );
      timeout.abort();
      resolve(false);
    }, policy.originTimeout);
    const conclude = (allowed: boolean): void => {
      clearTimeout(timer);
      resolve(allowed);
    };
    const answers = policy.asks.map(async (ask) => {
      if (await answerOf(ask, question, appPolicies, route)) {
        conclude(true);
      }
    });
    void Promise.all(answers).then(() => conclude(false));
  });
}

async function answerOf(
  ask: OriginAsk,
  question: CorsOriginQuestion,
  appPolicies: AppPolicies,
  route: Route | undefined,
): Promise<boolean> {
  const fail = (reason: string): false => {
    if (!question.signal.aborted) {
      appPolicies.requestLog.askFailed(route, reason);
    }
    return false;
  };
  try {
    const answer: unknown = await call(ask, question, appPolicies);
    return typeof answer === 'boolean' ? answer : fail(whyNoBoolean(ask, answer));
  } catch (error) {
    return fail(`its origin function or resolver failed: ${safeText(messageOf(error))}${hintOf(ask, error)}`);
  }
}

function call(ask: OriginAsk, question: CorsOriginQuestion, appPolicies: AppPolicies): unknown {
  return ask.kind === 'function'
    ? ask.ask(question.origin, question)
    : appPolicies.resolvers.get(ask.token)?.allowsOrigin(question.origin, question);
}

function whyNoBoolean(ask: OriginAsk, answer: unknown): string {
  const what = answer === null ? 'null' : typeof answer;
  return `its origin function or resolver answered ${what}, not true or false${hintOf(ask, answer)}`;
}

/** What people bring along from other CORS packages: `(origin, callback) => callback(null, true)`. */
function hintOf(ask: OriginAsk, outcome: unknown): string {
  const isCallbackStyle =
    ask.kind === 'function' && ask.ask.length >= 2 && (outcome === undefined || outcome instanceof TypeError);
  return isCallbackStyle ? '; this looks like a callback-style origin; return the answer' : '';
}

function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'an error that cannot be printed';
  }
}
