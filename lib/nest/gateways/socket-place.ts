import type { CorsPolicy } from '../../policy/model/policy.js';
import { isOwnRoute, type Route } from '../../routing/route.js';
import type { AppPolicies } from '../policies/app-policies.js';
import { placeInPaths } from '../policies/request-places.js';
import { SOCKET, type Place } from '../report/request-place.js';

/** What the log calls a handshake: by its gateway; where none takes it, by the entry of `paths` whose policy decided. */
export function placeOfSocket(
  appPolicies: AppPolicies,
  route: Route | undefined,
  policy: CorsPolicy | undefined,
  url: string,
): Place {
  if (isOwnRoute(route)) {
    const raw = { headers: {} };
    const handshake = { route, method: 'GET', url, rewrittenTo: undefined, request: undefined, raw, appPolicies };
    return appPolicies.requestLog.placeOf(handshake);
  }
  // Namespaces without a gateway follow forRoot, whatever an entry says.
  return policy === appPolicies.base ? SOCKET : (placeInPaths(appPolicies, 'GET', url) ?? SOCKET);
}
