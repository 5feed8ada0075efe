import type { CorsDiagnosis } from '../../policy/diagnosis/diagnosis.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import { STEP_OF } from '../../policy/model/decision.js';
import type { AppPolicies } from '../policies/app-policies.js';
import { askOrigin } from '../request/ask-origin.js';
import { placeOfSocket } from './socket-place.js';
import { DEFAULT_HOST, diagnosedQuestion } from '../request/explainer.js';
import type { DiagnosedQuestion } from '../request/diagnostician.js';
import { headersOf, type CorsExplanation, type CorsQuestion } from '../request/explanation.js';
import { entriesOfPath } from '../policies/path-claim.js';
import { UNSHARED } from '../response/cors-state.js';
import type { Candidate } from './gateway.explorer.js';
import type { Gateways } from './gateways.js';
import { diagnoseSocket } from './handshake-diagnosis.js';
import { verdictOn } from './handshake.judge.js';

/** Explains a hypothetical handshake, with the same policies in the same order as a real one. */
export async function explainHandshake(
  gateways: Gateways,
  question: CorsQuestion,
  asks: boolean,
): Promise<CorsExplanation> {
  const { appPolicies } = gateways;
  if (appPolicies === undefined) {
    throw new Error('CorsService.explain() does not know gateways before onModuleInit()');
  }
  const { origin, host = DEFAULT_HOST, url } = question;
  const groups = gateways.groupsAt(url, appPolicies);
  const routes = groups.flat().flatMap(({ route }) => gateways.nameOf(route) ?? []);
  const base = {
    phase: 'handshake',
    status: undefined,
    step: undefined,
    reason: undefined,
    routes,
    paths: routes.length > 0 ? [] : entriesOfPath(appPolicies, 'GET', url),
    candidates: [],
    diagnosis: undefined,
  } as const;
  if (groups.every((group) => group.length === 0)) {
    return { ...base, verdict: 'untouched', headers: {} };
  }
  const raw = { headers: { origin, host }, url, socket: {} };
  const answers = new Map<CorsPolicy, Promise<boolean>>();
  const said = new Map<CorsPolicy, boolean>();
  const ask = async (candidate: Candidate): Promise<boolean> => {
    const answer = answers.get(candidate.policy) ?? askAbout(gateways, candidate, question, appPolicies);
    answers.set(candidate.policy, answer);
    said.set(candidate.policy, await answer);
    return answer;
  };
  const { passes, decision = UNSHARED } = await verdictOn(groups, raw, asks ? ask : async () => false);
  if (passes) {
    return { ...base, verdict: 'allowed', headers: headersOf(decision) };
  }
  // Without asking: refused only if it is, whatever the answers would be.
  if (!asks && (await verdictOn(groups, raw, async () => true)).passes) {
    return { ...base, verdict: 'undecided', headers: { Vary: 'Origin' } };
  }
  const reason = decision.reason ?? 'origin-not-allowed';
  const diagnosis = diagnoseHandshake(gateways, question, (policy) => said.get(policy), appPolicies);
  return {
    ...base,
    verdict: 'refused',
    status: 403,
    step: STEP_OF[reason],
    reason,
    headers: { Vary: 'Origin' },
    diagnosis,
  };
}

/**
 * Why a handshake is refused. Which namespace it is for it does not say: where there are several, no change can be named that
 * opens no other.
 */
export function diagnoseHandshake(
  gateways: Gateways,
  page: CorsQuestion,
  answerOf: DiagnosedQuestion['answerOf'],
  appPolicies = gateways.appPolicies,
): CorsDiagnosis | undefined {
  if (appPolicies === undefined) {
    return undefined;
  }
  const [group = [], ...others] = gateways.groupsAt(page.url, appPolicies);
  const asked = { ...page, method: 'GET', headers: [] };
  const question = diagnosedQuestion(asked, 'handshake', appPolicies, {}, answerOf);
  const routes = group.map(({ route }) => route);
  const diagnosis = diagnoseSocket(routes, question, (route) => gateways.targetOf(route));
  return diagnosis === undefined || others.length === 0 ? diagnosis : { ...diagnosis, cures: [] };
}

async function askAbout(
  gateways: Gateways,
  { policy, route }: Candidate,
  { url, origin = '', host = DEFAULT_HOST }: CorsQuestion,
  appPolicies: AppPolicies,
): Promise<boolean> {
  const name = gateways.nameOf(route);
  const question = {
    origin,
    phase: 'handshake',
    method: 'GET',
    url,
    get params() {
      return {};
    },
    host,
    route: name,
  } as const;
  return askOrigin(policy, question, appPolicies, placeOfSocket(appPolicies, route, policy, url));
}
