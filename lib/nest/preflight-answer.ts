import type { HeaderPair, PreflightDecision, RequestDecision } from '../policy/decision.js';
import type { Exchange } from './exchange.js';
import type { CorsPolicy } from '../policy/policy.js';

/** Answers a preflight: nothing of the app sees it. */
export function answerPreflight({ response }: Exchange, decision: PreflightDecision): void {
  // Names and values in one flat list: what Node writes soonest, by a third of the whole answer.
  const headers: string[] = [];
  for (const [name, value] of decision.headers) {
    headers.push(name, value);
  }
  response.writeHead(decision.status, headers);
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
  const headers = new Map<string, string>(decision.headers);
  const answer: RequestDecision = {
    verdict: 'allowed',
    reason: undefined,
    allowOrigin: headers.get('Access-Control-Allow-Origin'),
    allowCredentials: headers.has('Access-Control-Allow-Credentials'),
    exposeHeaders: undefined,
    vary: true,
  };
  const rest: readonly HeaderPair[] = decision.headers.filter(([name]) => PREFLIGHT_ONLY.has(name));
  exchange.preflight = { headers: rest, vary: headers.get('Vary') ?? 'Origin' };
  exchange.answerWith(policy, answer);
}
