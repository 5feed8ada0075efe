import type { PreflightDecision, RequestDecision } from '../../policy/model/decision.js';
import { pairsOf } from '../../policy/model/flat-headers.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import type { Exchange } from '../response/cors-state.js';

/** Answers a preflight: nothing of the app sees it. */
export function answerPreflight({ response }: Exchange, decision: PreflightDecision): void {
  // A list of the answer's own: Node may keep it, and refusals share theirs.
  response.writeHead(decision.status, [...decision.headers]);
  response.end();
}

/** The headers that an ordinary answer has no place for. */
const PREFLIGHT_ONLY: ReadonlySet<string> = new Set([
  'Access-Control-Allow-Methods',
  'Access-Control-Allow-Headers',
  'Access-Control-Max-Age',
]);

/** `preflightContinue`: the app's own OPTIONS handler answers, with the headers of this decision. */
export function continuePreflight(
  exchange: Exchange,
  policy: CorsPolicy | undefined,
  decision: PreflightDecision,
): void {
  const pairs = pairsOf(decision.headers);
  const headers = new Map(pairs);
  const answer: RequestDecision = {
    verdict: 'allowed',
    reason: undefined,
    allowOrigin: headers.get('Access-Control-Allow-Origin'),
    allowCredentials: headers.has('Access-Control-Allow-Credentials'),
    exposeHeaders: undefined,
    vary: true,
  };
  exchange.preflight = {
    headers: new Map(pairs.filter(([name]) => PREFLIGHT_ONLY.has(name))),
    vary: headers.get('Vary') ?? 'Origin',
  };
  exchange.answerWith(policy, answer);
}
