import { ServerResponse, type IncomingMessage } from 'node:http';

import { firstHeaders } from '../../policy/decisions/preflight-decision.js';
import type { RequestDecision } from '../../policy/model/decision.js';
import type { RequestHook } from '../platform/platform.js';
import { forgetRequest, stateOf } from '../response/cors-state.js';
import { writeWholeHead } from '../response/write-head.js';
import { jointDecision, jointPreflight, type WrittenAnswer } from './joint-answer.js';
import { receiveAt } from './mounted-apps.js';
import type { ServedApp } from './served-app.js';

/** Runs the hook of each application as if it were alone; if one of them refuses under `enforce`, the request ends there. */
export function judgeInTurn(
  apps: readonly ServedApp[],
  request: unknown,
  reply: unknown,
  raw: IncomingMessage,
  response: ServerResponse,
  done: () => void,
): void {
  const { url = '/' } = raw;
  const decisions: (RequestDecision | undefined)[] = [];
  const askFrom = (index: number): void => {
    const app = apps[index];
    if (app !== undefined) {
      receiveAt(url, app.onRequest, request, reply, raw, response, () => {
        decisions.push(app.answerOf(response));
        markJoint(response, true);
        askFrom(index + 1);
      });
      return;
    }
    // One application writes for all: a response keeps the state of the last one.
    apps.forEach((one) => one.answer(response, undefined));
    apps.at(-1)?.answer(response, jointDecision(decisions));
    markJoint(response, false);
    done();
  };
  askFrom(0);
}

/** So that the next application does not take the request for one that was rewritten. */
function markJoint(response: ServerResponse, isJoint: boolean): void {
  const state = stateOf(response);
  if (state !== undefined) {
    state.isJoint = isJoint;
  }
}

/** Each application answers a recorded response; the real response gets what all of them allow. */
export function judgePreflight(
  apps: readonly ServedApp[],
  request: unknown,
  reply: unknown,
  raw: IncomingMessage,
  response: ServerResponse,
  done: () => void,
): void {
  const { url = '/' } = raw;
  const refuse = (): void => end(response, { status: 403, headers: [...firstHeaders(true), 'Content-Length', '0'] });
  Promise.all(apps.map(async (app) => answerOf(app, request, raw)))
    .then((answers) => {
      forgetRequest(raw);
      if (answers.every((answer) => answer === undefined)) {
        const inTurn: RequestHook = (...asked) => judgeInTurn(apps, ...asked);
        receiveAt(url, inTurn, request, reply, raw, response, done);
        return;
      }
      apps[0]?.takeOver(reply);
      end(response, jointPreflight(answers));
    })
    .catch(refuse);
}

/** Undefined if the application lets the preflight go on. */
async function answerOf(app: ServedApp, request: unknown, raw: IncomingMessage): Promise<WrittenAnswer | undefined> {
  const response = new RecordedResponse(raw);
  return new Promise((resolve) => {
    response.written = resolve;
    const reply = isFastify(request) ? { raw: response, hijack: () => undefined } : response;
    forgetRequest(raw);
    app.onRequest(request, reply, raw, response, () => resolve(undefined));
  });
}

/** A response without a socket that records the answer. */
class RecordedResponse extends ServerResponse {
  written: (answer: WrittenAnswer) => void = () => undefined;

  /** Headers that were set, as spelled: Node would return their names in lower case. */
  readonly #set: string[] = [];

  override setHeader(name: string, value: number | string | readonly string[]): this {
    this.#set.push(name, String(value));
    return super.setHeader(name, value);
  }

  override writeHead(status: number, ...rest: unknown[]): this {
    const given: unknown = rest.find((each) => Array.isArray(each));
    this.written({ status, headers: [...this.#set, ...(Array.isArray(given) ? given.map(String) : [])] });
    return this;
  }

  override end(): this {
    return this.writeHead(403);
  }

  override destroy(): this {
    return this.writeHead(403);
  }
}

/** Never throws: a response that cannot be written is destroyed. */
function end(response: ServerResponse, { status, headers }: WrittenAnswer): void {
  try {
    if (!response.headersSent) {
      writeWholeHead(response, status, headers);
      response.end();
    }
  } catch {
    response.destroy();
  }
}

function isFastify(request: unknown): boolean {
  return typeof request === 'object' && request !== null && 'raw' in request;
}
