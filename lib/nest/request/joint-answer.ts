import type { RequestDecision } from '../../policy/model/decision.js';
import { pairsOf, type FlatHeaders } from '../../policy/model/flat-headers.js';
import { namesInAll } from '../../policy/names/http-names.js';
import { joinVary } from '../response/vary.js';

/** The answer to a preflight as an application has written it. */
export interface WrittenAnswer {
  readonly status: number;
  readonly headers: FlatHeaders;
}

/** The decision of several applications for one response: what every one of them allows. One without a policy allows nothing. */
export function jointDecision(decisions: readonly (RequestDecision | undefined)[]): RequestDecision | undefined {
  const [first] = decisions;
  if (first === undefined && decisions.every((decision) => decision === undefined)) {
    return undefined;
  }
  const origins = decisions.map((decision) => decision?.allowOrigin);
  const allowOrigin = jointOrigin(origins);
  const isAllowed = allowOrigin !== undefined;
  return {
    verdict: isAllowed ? 'allowed' : 'refused',
    reason: isAllowed ? undefined : decisions.find((decision) => decision?.reason !== undefined)?.reason,
    allowOrigin,
    allowCredentials: isAllowed && decisions.every((decision) => decision?.allowCredentials === true),
    exposeHeaders: isAllowed ? namesInAll(decisions.map((decision) => decision?.exposeHeaders)) : undefined,
    vary: decisions.some((decision) => decision?.vary === true),
  };
}

/** The answer of several applications to one preflight. It allows only what each of them allows. */
export function jointPreflight(answers: readonly (WrittenAnswer | undefined)[]): WrittenAnswer {
  const written = answers.filter((answer) => answer !== undefined);
  const all = answers.map((answer) => new Map(answer === undefined ? [] : pairsOf(answer.headers)));
  const valuesOf = (name: string): readonly (string | undefined)[] => all.map((headers) => headers.get(name));
  const vary = joinVary(...valuesOf('Vary'));
  const refused = written.length < answers.length ? { status: 403 } : written.find(({ status }) => status >= 300);
  if (refused !== undefined) {
    return { status: refused.status, headers: ['Vary', vary, 'Content-Length', '0'] };
  }
  const origin = jointOrigin(valuesOf('Access-Control-Allow-Origin'));
  const isCredentialed = valuesOf('Access-Control-Allow-Credentials').every((value) => value === 'true');
  const ages = valuesOf('Access-Control-Max-Age');
  const joint: readonly (readonly [name: string, value: string | undefined])[] = [
    ['Vary', vary],
    ['Access-Control-Allow-Origin', origin],
    ['Access-Control-Allow-Credentials', isCredentialed ? 'true' : undefined],
    ['Access-Control-Allow-Methods', namesInAll(valuesOf('Access-Control-Allow-Methods'))],
    ['Access-Control-Allow-Headers', namesInAll(valuesOf('Access-Control-Allow-Headers'))],
    ['Access-Control-Max-Age', ages.includes(undefined) ? undefined : String(Math.min(...ages.map(Number)))],
  ];
  const status = Math.min(...written.map((answer) => answer.status));
  const headers = joint.flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
  return { status, headers: status === 204 ? headers : [...headers, 'Content-Length', '0'] };
}

/** `*` only if all of them say `*`. A named origin is always the request's, so all named ones are the same. */
function jointOrigin(origins: readonly (string | undefined)[]): string | undefined {
  return origins.includes(undefined) ? undefined : (origins.find((origin) => origin !== '*') ?? '*');
}
