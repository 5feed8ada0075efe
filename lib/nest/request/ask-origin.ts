import { thrownText } from '../../policy/mistakes/thrown-text.js';
import type { CorsOriginQuestion } from '../../policy/model/origin-resolver.js';
import type { CorsPolicy, OriginAsk } from '../../policy/model/policy.js';
import type { Route } from '../../routing/route.js';
import type { AppPolicies } from '../policies/app-policies.js';
import { settle } from '../report/settle.js';
import { isOver } from '../response/answer-now.js';
import type { CorsState } from '../response/cors-state.js';
import type { CorsRuntime } from './cors.runtime.js';
import { hostOf } from './cross-origin.js';
import { QuestionSignal } from './question-signal.js';

/** What a function origin or a resolver is told; the signal is made for each policy asked. */
export type QuestionBase = Omit<CorsOriginQuestion, 'signal'>;

/** The question about a request in progress. */
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

/** Asks about a request in progress. If its client has left, no function is called, and the answer is no. */
export async function askAbout(
  state: CorsState,
  runtime: CorsRuntime,
  policy: CorsPolicy,
  method: string,
): Promise<boolean> {
  return (
    !isOver(state.response) &&
    askOrigin(policy, questionOf(state, runtime, 'request', method), state.appPolicies, state.route)
  );
}

/**
 * Asks about an origin that no static item of the policy allows. Of several joint policies each has to allow it, and they
 * are asked in parallel.
 *
 * @param gone - aborted when the client has left, so that the answer is not needed any more.
 */
export async function askOrigin(
  policy: CorsPolicy,
  base: QuestionBase,
  appPolicies: AppPolicies,
  route: Route | undefined,
  gone?: AbortSignal,
): Promise<boolean> {
  if (policy.together === undefined) {
    return askPolicy(policy, base, appPolicies, route, gone);
  }
  const unsettled = policy.together.filter((each) => each.origins.judge(base.origin) === 'unsettled');
  const answers = await Promise.all(unsettled.map(async (each) => askPolicy(each, base, appPolicies, route, gone)));
  return answers.every((allowed) => allowed);
}

/**
 * Asks the functions and resolvers of a policy, in parallel, until one says yes. Every failure is a no: a throw, a rejection,
 * an answer that is not a boolean, or none within `originTimeout`. It never rejects, whatever they throw or return, and
 * whenever they do.
 */
function askPolicy(
  policy: CorsPolicy,
  base: QuestionBase,
  appPolicies: AppPolicies,
  route: Route | undefined,
  gone?: AbortSignal,
): Promise<boolean> {
  if (gone?.aborted === true) {
    return Promise.resolve(false);
  }
  const refuse = (why: string): void => appPolicies.requestLog.askFailed(route, why);
  const time = new QuestionSignal((error) =>
    refuse(`a listener on the question's signal failed: ${thrownText(error)}`),
  );
  const question: CorsOriginQuestion = Object.freeze({
    ...base,
    get signal() {
      return time.signal;
    },
  });
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      conclude(false);
      refuse(`its origin function or resolver took longer than ${policy.originTimeout} ms`);
      time.abort();
    }, policy.originTimeout);
    const leave = (): void => {
      conclude(false);
      time.abort();
    };
    gone?.addEventListener('abort', leave, { once: true });
    const conclude = (allowed: boolean): void => {
      clearTimeout(timer);
      gone?.removeEventListener('abort', leave);
      resolve(allowed);
    };
    const answers = policy.asks.map(async (ask) => {
      const answer = await answerOf(ask, question, appPolicies);
      if (answer === true) {
        conclude(true);
      } else if (answer !== false && !time.isAborted) {
        refuse(answer);
      }
    });
    const none = (): void => conclude(false);
    Promise.all(answers).then(none, none);
  });
}

/** The answer, or why it does not count. Never throws. */
async function answerOf(
  ask: OriginAsk,
  question: CorsOriginQuestion,
  appPolicies: AppPolicies,
): Promise<boolean | string> {
  try {
    const answer: unknown = await call(ask, question, appPolicies);
    return typeof answer === 'boolean' ? answer : whyNoBoolean(ask, answer);
  } catch (error) {
    // A promise may be thrown, too.
    settle(error, () => undefined);
    return `its origin function or resolver failed: ${thrownText(error)}${hintOf(ask, error)}`;
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

/** The style of other CORS packages: `(origin, callback) => callback(null, true)`. */
function hintOf(ask: OriginAsk, outcome: unknown): string {
  try {
    const isCallbackStyle =
      ask.kind === 'function' && ask.ask.length >= 2 && (outcome === undefined || outcome instanceof TypeError);
    return isCallbackStyle ? '; this looks like a callback-style origin; return the answer' : '';
  } catch {
    // A proxy may run code for both look-ups.
    return '';
  }
}
