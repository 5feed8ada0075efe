/** Answers requests as an application with nestjs-cors does. Only what nestjs-cors and Nest themselves send is known. */
import { KNOWN_METHODS } from '../../../lib/packages/node.js';
import { UNTOUCHED_BUT_VARYING } from '../../../lib/nest/policies/policy-finder.js';
import type { PreflightTarget } from '../../../lib/nest/policies/preflight-target.js';
import { isRefusedByEnforce } from '../../../lib/nest/request/enforcement.js';
import { joinVary } from '../../../lib/nest/response/vary.js';
import { putHeaders, evaluateRequest } from '../../../lib/policy/decisions/request-decision.js';
import { evaluatePreflight } from '../../../lib/policy/decisions/preflight-decision.js';
import type { RequestDecision } from '../../../lib/policy/model/decision.js';
import { pairsOf } from '../../../lib/policy/model/flat-headers.js';
import type { CorsPolicy } from '../../../lib/policy/model/policy.js';
import type { HeaderLine } from '../../../lib/testing/header-list.js';
import type { Application, PlacedHandler } from './application.js';
import { answerOfException } from './exceptions.js';

export interface ServerRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface ServerAnswer {
  readonly status: number;
  readonly headers: readonly HeaderLine[];
  /** Empty where it is not known. */
  readonly body: string;
}

/** The platform's request: hosts are not read here. */
const ANY: object = Object.freeze({ headers: Object.freeze({}) });

/** With a policy, the app's own headers of these names give way. */
const OURS = /^access-control-(?:allow-(?:origin|credentials|methods|headers)|expose-headers|max-age)$/i;

export function answer(application: Application, request: ServerRequest): ServerAnswer {
  const { appPolicies, finder, table } = application;
  const { method, url, headers } = request;
  const { origin, 'access-control-request-method': announced } = headers;
  if (!KNOWN_METHODS.includes(method)) {
    // Node's parser refuses it before any code runs: `patch` is not PATCH.
    return { status: 400, headers: [['Connection', 'close']], body: '' };
  }
  let governed = method;
  let vary: string | undefined;
  if (method === 'OPTIONS') {
    if (origin !== undefined && announced !== undefined) {
      const target = finder.ofPreflight(appPolicies, announced, url, ANY);
      if (target !== undefined) {
        return answerPreflight(application, request, target, announced);
      }
      governed = announced;
    }
    vary = finder.varyOfOptions(appPolicies, announced, url, ANY);
  }
  const found = table.find(method, url, ANY);
  const handler = found === undefined ? undefined : application.handlers[found.id];
  const governing =
    handler === undefined ? finder.ofUnrouted(appPolicies, found, governed, url, ANY) : appPolicies.byRoute[handler.id];
  const own = answerOf(handler, request);
  if (governing === undefined) {
    return withVary(own, vary);
  }
  if (governing === UNTOUCHED_BUT_VARYING) {
    return withVary(own, joined(vary, 'Origin'));
  }
  return answerUnder(governing, request, own, vary);
}

function answerUnder(
  policy: CorsPolicy,
  { method, headers }: ServerRequest,
  own: ServerAnswer,
  vary: string | undefined,
): ServerAnswer {
  const decision = evaluateRequest(policy, headers['origin']);
  if (isRefusedByEnforce({ raw: { headers } }, policy, decision, method)) {
    const { status, body } = answerOfException({ name: 'ForbiddenException', values: [] });
    return withVary(jsonAnswer(status, body), joined(vary, 'Origin'));
  }
  const kept = { ...own, headers: own.headers.filter(([name]) => !OURS.test(name)) };
  return withVary(
    { ...kept, headers: [...kept.headers, ...linesOf(decision)] },
    decision.vary ? joined(vary, 'Origin') : vary,
  );
}

function linesOf(decision: RequestDecision): readonly HeaderLine[] {
  const lines: HeaderLine[] = [];
  putHeaders(decision, lines, (target, name, value) => target.push([name, value]));
  return lines;
}

function answerPreflight(
  application: Application,
  request: ServerRequest,
  target: PreflightTarget,
  method: string,
): ServerAnswer {
  const { appPolicies, finder, table } = application;
  const { origin = '', 'access-control-request-headers': headers } = request.headers;
  const words = { origin, method, headers, url: request.url, request: ANY };
  const decision = evaluatePreflight(target.policies, finder.questionOf(appPolicies, target, words));
  const lines = pairsOf(decision.headers);
  if (!decision.continues) {
    return { status: decision.status, headers: lines, body: '' };
  }
  const found = table.find('OPTIONS', request.url, ANY);
  const own = answerOf(found && application.handlers[found.id], request);
  const ours = lines.filter(([name]) => name !== 'Vary' && name !== 'Content-Length');
  const kept = own.headers.filter(([name]) => !OURS.test(name));
  return withVary({ ...own, headers: [...kept, ...ours] }, lines.find(([name]) => name === 'Vary')?.[1]);
}

/** `Vary` is joined with the app's own, and comes last. */
function withVary({ status, headers, body }: ServerAnswer, vary: string | undefined): ServerAnswer {
  if (vary === undefined) {
    return { status, headers, body };
  }
  const isVary = ([name]: HeaderLine): boolean => name.toLowerCase() === 'vary';
  const own = headers.filter(isVary).map(([, value]) => value);
  const others = headers.filter((line) => !isVary(line));
  return { status, headers: [...others, ['Vary', joinVary(...own, vary)]], body };
}

function joined(one: string | undefined, other: string): string {
  return one === undefined ? other : joinVary(other, one);
}

function answerOf(placed: PlacedHandler | undefined, { method, url }: ServerRequest): ServerAnswer {
  if (placed === undefined) {
    const body = { message: `Cannot ${method} ${url}`, error: 'Not Found', statusCode: 404 };
    return { ...jsonAnswer(404, body) };
  }
  const { handler } = placed;
  if (handler.throws !== undefined) {
    const { status, body } = answerOfException(handler.throws);
    const own = jsonAnswer(status, body);
    // The body is JSON, whatever the handler would have sent.
    const kept = handler.headers.filter(([name]) => name.toLowerCase() !== 'content-type');
    return { ...own, headers: [...kept, ...own.headers] };
  }
  const status = handler.status ?? (handler.method === 'POST' ? 201 : 200);
  return { status, headers: handler.headers, body: '' };
}

function jsonAnswer(status: number, body: object | undefined): ServerAnswer {
  return {
    status,
    headers: [['Content-Type', 'application/json; charset=utf-8']],
    body: body === undefined ? '' : JSON.stringify(body),
  };
}
