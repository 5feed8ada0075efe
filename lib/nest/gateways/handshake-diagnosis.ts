import { diagnose } from '../../policy/diagnosis/diagnose.js';
import type { CorsDiagnosis } from '../../policy/diagnosis/diagnosis.js';
import type { Route } from '../../routing/route.js';
import {
  layeredTarget,
  onlyFor,
  unroutedTarget,
  type DiagnosedQuestion,
  type LayeredTarget,
} from '../request/diagnostician.js';

/**
 * Why a handshake is refused, by those that it may be for.
 *
 * @param routes - what stands for the gateways; undefined for one that no gateway takes.
 */
export function diagnoseSocket(
  routes: readonly (Route | undefined)[],
  question: DiagnosedQuestion,
  targetOf: (route: Route) => LayeredTarget | undefined,
): CorsDiagnosis | undefined {
  const targets = routes.map((route) =>
    route === undefined ? unroutedTarget(question) : layeredTarget(question, 'gateway', route, targetOf(route)),
  );
  return diagnose(onlyFor(question, targets));
}
