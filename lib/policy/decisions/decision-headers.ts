import type { RequestDecision } from '../model/decision.js';

/** Hands the headers of a decision to `put`, one by one. Without `Vary`, which the caller joins with the app's own. */
export function putHeaders<T>(
  decision: Pick<RequestDecision, 'allowOrigin' | 'allowCredentials' | 'exposeHeaders'>,
  target: T,
  put: (target: T, name: string, value: string) => void,
): void {
  if (decision.allowOrigin !== undefined) {
    put(target, 'Access-Control-Allow-Origin', decision.allowOrigin);
  }
  if (decision.allowCredentials) {
    put(target, 'Access-Control-Allow-Credentials', 'true');
  }
  if (decision.exposeHeaders !== undefined) {
    put(target, 'Access-Control-Expose-Headers', decision.exposeHeaders);
  }
}
