import { evaluateRequest } from '../decisions/request-decision.js';
import { allowHeaders, methodStep, requestedHeaders } from '../decisions/preflight-steps.js';
import type { CorsPolicy, PolicyField } from '../model/policy.js';
import type { CorsDiagnosisReason, CorsDiagnosisStep, DiagnosedRequest, DiagnosedTarget } from './diagnosis.js';

/** Why one target refuses a request. */
export interface Finding {
  readonly step: CorsDiagnosisStep | undefined;
  readonly reason: CorsDiagnosisReason;
  /** The option that decided. */
  readonly option: PolicyField | undefined;
  readonly missing: readonly string[];
}

/** Names of any length are reported: the answer is for a person. */
const ANY_LENGTH = Infinity;

/**
 * All reasons of this policy to refuse the request, in the order of the steps of server and browser; empty: it passes, unless a
 * function or resolver that was not asked refuses.
 *
 * @param policy - that of the target, or a candidate for it.
 */
export function findingsOf(
  policy: CorsPolicy | undefined,
  target: DiagnosedTarget,
  request: DiagnosedRequest,
): readonly Finding[] {
  if (policy === undefined) {
    const reason = target.isUntouched ? 'left-to-the-app' : 'no-policy';
    return [{ step: undefined, reason, option: undefined, missing: [] }];
  }
  const findings = [
    originFinding(policy, target, request),
    methodFinding(policy, target, request),
    headersFinding(policy, target, request),
    credentialsFinding(policy, request),
  ];
  return findings.filter((finding) => finding !== undefined);
}

function originFinding(policy: CorsPolicy, target: DiagnosedTarget, request: DiagnosedRequest): Finding | undefined {
  const { origin = '' } = request;
  const { reason, verdict } = evaluateRequest(policy, origin);
  const isRefused = verdict === 'pending' && target.answer === false;
  const found = isRefused ? 'origin-not-allowed' : reason;
  if (found === undefined) {
    return undefined;
  }
  return { step: 'origin', reason: found, option: 'origin', missing: origin === '' ? [] : [origin] };
}

function methodFinding(policy: CorsPolicy, target: DiagnosedTarget, request: DiagnosedRequest): Finding | undefined {
  const { method } = request;
  const reason =
    request.phase === 'preflight'
      ? methodStep([policy], method, () => target.serves(method))
      : enforcedMethod(policy, request);
  return reason === undefined ? undefined : { step: 'method', reason, option: 'methods', missing: [method] };
}

/** `enforce` checks the method of a request as well, even POST, which may not have had a preflight. */
function enforcedMethod(policy: CorsPolicy, { phase, method }: DiagnosedRequest): 'method-not-allowed' | undefined {
  const { enforce, methods } = policy;
  const isJudged = enforce && phase === 'request' && method !== 'GET' && method !== 'HEAD';
  return isJudged && typeof methods !== 'string' && !methods.includes(method) ? 'method-not-allowed' : undefined;
}

function headersFinding(policy: CorsPolicy, target: DiagnosedTarget, request: DiagnosedRequest): Finding | undefined {
  if (request.phase !== 'preflight') {
    return undefined;
  }
  const asked = requestedHeaders(request.headers ?? '', ANY_LENGTH);
  if (typeof asked === 'string') {
    return { step: 'headers', reason: asked, option: undefined, missing: [] };
  }
  const missing = asked.filter((name) => allowHeaders([policy], [name], target.alwaysAllowed) === undefined);
  if (missing.length === 0) {
    return undefined;
  }
  const names = [...new Set(missing.map((name) => name.toLowerCase()))];
  return { step: 'headers', reason: 'header-not-allowed', option: 'allowedHeaders', missing: names };
}

/** The browser's own check. A handshake always carries cookies. */
function credentialsFinding(policy: CorsPolicy, { credentials, phase }: DiagnosedRequest): Finding | undefined {
  if (credentials !== true || policy.credentials || phase === 'handshake') {
    return undefined;
  }
  return { step: 'credentials', reason: 'credentials-not-allowed', option: 'credentials', missing: ['credentials'] };
}
