import { evaluateRequest, concludeRequest } from '../../policy/decisions/request-decision.js';
import type { CorsDiagnosis } from '../../policy/diagnosis/diagnosis.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import { STEP_OF, type RequestDecision } from '../../policy/model/decision.js';
import type { AppPolicies } from '../policies/app-policies.js';
import { askOrigin } from '../request/ask-origin.js';
import { placeOfSocket } from './socket-place.js';
import { DEFAULT_HOST, diagnosedQuestion, headersOf } from '../request/explainer.js';
import type { DiagnosedQuestion } from '../request/diagnostician.js';
import type { CorsExplanation, CorsQuestion } from '../request/explanation.js';
import { entriesOfPath } from '../policies/path-claim.js';
import { isSameAuthority } from '../request/cross-origin.js';
import type { Candidate, PolicyGroup } from './gateway.explorer.js';
import type { Gateways } from './gateways.js';
import { diagnoseSocket } from './handshake-diagnosis.js';

/** The result of one group of policies; `pending` if a function or resolver would have to be asked. */
interface Outcome {
  readonly verdict: 'allowed' | 'refused' | 'undecided';
  readonly decision: RequestDecision | undefined;
}

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
  const { origin, host = DEFAULT_HOST } = question;
  const groups = gateways.groupsAt(question.url, appPolicies);
  const routes = groups.flat().flatMap(({ route }) => gateways.nameOf(route) ?? []);
  const base = {
    phase: 'handshake',
    status: undefined,
    step: undefined,
    reason: undefined,
    routes,
    paths: routes.length > 0 ? [] : entriesOfPath(appPolicies, 'GET', question.url),
    candidates: [],
    diagnosis: undefined,
  } as const;
  if (groups.every((group) => group.length === 0)) {
    return { ...base, verdict: 'untouched', headers: {} };
  }
  const isOwn = origin === undefined || origin === '' || isSameAuthority(origin, host);
  const answers = new Map<CorsPolicy, boolean>();
  const outcomes = await Promise.all(
    groups.map(async (group) => outcomeOf(gateways, group, question, appPolicies, asks && !isOwn, answers)),
  );
  const { verdict, decision } = bestOf(outcomes);
  const headers = decision === undefined ? {} : headersOf(decision);
  if (isOwn || verdict === 'allowed') {
    return { ...base, verdict: 'allowed', headers };
  }
  if (verdict === 'undecided') {
    return { ...base, verdict, headers: { Vary: 'Origin' } };
  }
  const reason = decision?.reason ?? 'origin-not-allowed';
  const diagnosis = diagnoseHandshake(gateways, question, (policy) => answers.get(policy));
  return { ...base, verdict, status: 403, step: STEP_OF[reason], reason, headers: { Vary: 'Origin' }, diagnosis };
}

/**
 * Why a handshake is refused. Which namespace it is for it does not say: where there are several, no change can be named that
 * opens no other.
 */
export function diagnoseHandshake(
  gateways: Gateways,
  page: CorsQuestion,
  answerOf: DiagnosedQuestion['answerOf'],
): CorsDiagnosis | undefined {
  const { appPolicies } = gateways;
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

/** One group that allows is enough to get in. */
function bestOf(outcomes: readonly Outcome[]): Outcome {
  const find = (verdict: Outcome['verdict']): Outcome | undefined =>
    outcomes.find((outcome) => outcome.verdict === verdict);
  return find('allowed') ?? find('undecided') ?? outcomes[0] ?? { verdict: 'allowed', decision: undefined };
}

async function outcomeOf(
  gateways: Gateways,
  group: PolicyGroup,
  question: CorsQuestion,
  appPolicies: AppPolicies,
  asks: boolean,
  answers: Map<CorsPolicy, boolean>,
): Promise<Outcome> {
  const { origin = '' } = question;
  let verdict: Outcome['verdict'] = 'allowed';
  let decision: RequestDecision | undefined;
  for (const candidate of group) {
    let next = evaluateRequest(candidate.policy, origin);
    if (next.verdict === 'pending' && asks) {
      const answer = await ask(gateways, candidate, question, appPolicies);
      answers.set(candidate.policy, answer);
      next = concludeRequest(candidate.policy, origin, answer);
    }
    if (next.verdict === 'refused') {
      return { verdict: 'refused', decision: next };
    }
    decision ??= next;
    verdict = next.verdict === 'pending' ? 'undecided' : verdict;
  }
  return { verdict, decision };
}

async function ask(
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
