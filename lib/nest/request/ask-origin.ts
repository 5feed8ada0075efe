import { thrownText } from '../../policy/mistakes/safe-text.js';
import type { CorsOriginQuestion } from '../../policy/model/origin-resolver.js';
import type { CorsPolicy, OriginAsk } from '../../policy/model/policy.js';
import type { AppPolicies } from '../policies/app-policies.js';
import type { Place, PlacedRequest } from '../report/request-place.js';
import { settle } from '../report/settle.js';
import { isOver } from '../response/write-head.js';
import type { CorsState } from '../response/cors-state.js';
import type { CorsRuntime } from './cors.runtime.js';
import { OriginQuestion, RequestQuestion, type QuestionBase } from './origin-question.js';
import { QuestionSignal } from './question-signal.js';

/**
 * Asks about a request in progress. If its client has left, no function is called, and the answer is no.
 *
 * @param method - and `url`: with which the request is judged, as middleware may rewrite both.
 */
export function askAbout(
  state: CorsState,
  runtime: CorsRuntime,
  policy: CorsPolicy,
  method: string,
  url: string,
): boolean | Promise<boolean> {
  return (
    !isOver(state.response) &&
    askOrigin(
      policy,
      new RequestQuestion(state, runtime, 'request', method, url, state.route),
      state.appPolicies,
      state,
    )
  );
}

/**
 * Asks about an origin that no static item of the policy allows. Of several joint policies each has to allow it, and they
 * are asked in parallel.
 * An answer that is given at once is not a promise here either: such a request continues like one with a static origin.
 *
 * @param subject - for the log, where one of them fails.
 * @param gone - aborted when the client has left, so that the answer is not needed any more.
 */
export function askOrigin(
  policy: CorsPolicy,
  base: QuestionBase,
  appPolicies: AppPolicies,
  subject: Place | PlacedRequest,
  gone?: AbortSignal,
): boolean | Promise<boolean> {
  if (policy.together === undefined) {
    return new Asking(policy, base, appPolicies, subject).run(gone);
  }
  const answers = policy.together
    .filter((each) => each.origins.judge(base.origin) === 'unsettled')
    .map((each) => new Asking(each, base, appPolicies, subject).run(gone));
  return answers.every((answer) => typeof answer === 'boolean')
    ? answers.every((allowed) => allowed)
    : Promise.all(answers.map(async (answer) => answer)).then((all) => all.every((allowed) => allowed));
}

/**
 * The functions and resolvers of a policy, asked in parallel until one says yes. Every failure is a no: a throw, a rejection,
 * an answer that is not a boolean, or none within `originTimeout`. It never throws or rejects, whatever they throw or return, and
 * whenever they do.
 */
class Asking {
  /** Made when somebody reads the signal, or waits. */
  #signal: QuestionSignal | undefined;

  constructor(
    private readonly policy: CorsPolicy,
    private readonly base: QuestionBase,
    private readonly appPolicies: AppPolicies,
    private readonly subject: Place | PlacedRequest,
  ) {}

  get #questionSignal(): QuestionSignal {
    return (this.#signal ??= new QuestionSignal((error) =>
      this.#refuse(`a listener on the question's signal failed: ${thrownText(error)}`),
    ));
  }

  run(gone: AbortSignal | undefined): boolean | Promise<boolean> {
    if (gone?.aborted === true) {
      return false;
    }
    let pending: [OriginAsk, Promise<unknown>][] | undefined;
    for (const ask of this.policy.asks) {
      const answer = this.#call(ask, new OriginQuestion(this.base, this.policy, this));
      if (answer === true) {
        // Of the others nothing is wanted any more.
        for (const [, promise] of pending ?? []) {
          settle(promise, () => undefined);
        }
        return true;
      }
      if (answer !== false) {
        (pending ??= []).push([ask, answer]);
      }
    }
    return pending !== undefined && this.#wait(pending, gone);
  }

  /** Of the question. */
  get signal(): AbortSignal {
    return this.#questionSignal.signal;
  }

  #wait(pending: readonly (readonly [OriginAsk, Promise<unknown>])[], gone: AbortSignal | undefined): Promise<boolean> {
    const { originTimeout } = this.policy;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        conclude(false);
        this.#refuse(`its origin function or resolver took longer than ${originTimeout} ms`);
        this.#questionSignal.abort();
      }, originTimeout);
      const leave = (): void => {
        conclude(false);
        this.#questionSignal.abort();
      };
      gone?.addEventListener('abort', leave, { once: true });
      const conclude = (allowed: boolean): void => {
        clearTimeout(timer);
        gone?.removeEventListener('abort', leave);
        resolve(allowed);
      };
      const answers = pending.map(async ([ask, promise]) => {
        const answer = await answerOf(ask, promise);
        if (answer === true) {
          conclude(true);
        } else if (answer !== false && !this.#questionSignal.isAborted) {
          this.#refuse(answer);
        }
      });
      const none = (): void => conclude(false);
      Promise.all(answers).then(none, none);
    });
  }

  /** The immediate answer (`false` unless it is a boolean), or the promise to wait for. */
  #call(ask: OriginAsk, question: CorsOriginQuestion): boolean | Promise<unknown> {
    try {
      const answer = call(ask, question, this.appPolicies);
      if (typeof answer === 'boolean') {
        return answer;
      }
      if ((typeof answer === 'object' && answer !== null) || typeof answer === 'function') {
        return awaited(answer);
      }
      this.#refuse(whyNoBoolean(ask, answer));
    } catch (error) {
      this.#refuse(whyFailed(ask, error));
    }
    return false;
  }

  #refuse(why: string): void {
    this.appPolicies.requestLog.askFailed(this.subject, why);
  }
}

/** A foreign promise's `then` is read within this promise: what it throws is a rejection like any other. */
async function awaited(answer: unknown): Promise<unknown> {
  return answer;
}

/** The answer, or why it does not count. Never throws. */
async function answerOf(ask: OriginAsk, promise: Promise<unknown>): Promise<boolean | string> {
  try {
    const answer: unknown = await promise;
    return typeof answer === 'boolean' ? answer : whyNoBoolean(ask, answer);
  } catch (error) {
    return whyFailed(ask, error);
  }
}

function whyFailed(ask: OriginAsk, error: unknown): string {
  // A promise may be thrown, too.
  settle(error, () => undefined);
  return `its origin function or resolver failed: ${thrownText(error)}${hintOf(ask, error)}`;
}

function call(ask: OriginAsk, question: CorsOriginQuestion, appPolicies: AppPolicies): unknown {
  return ask.kind === 'function'
    ? ask.ask(question.origin, question)
    : appPolicies.resolvers.get(ask.token)?.allowsOrigin(question.origin, question);
}

function whyNoBoolean(ask: OriginAsk, answer: unknown): string {
  return `its origin function or resolver answered ${typeName(answer)}, not true or false${hintOf(ask, answer)}`;
}

/** The value itself may be anything, and long. */
function typeName(value: unknown): string {
  if (value === undefined || value === null) {
    return String(value);
  }
  const type = typeof value;
  return type === 'object' ? 'an object' : `a ${type}`;
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
