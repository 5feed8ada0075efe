import type { CorsPolicy, PolicyField } from '../model/policy.js';
import { safeText } from '../mistakes/safe-text.js';
import { cureOf } from './cure.js';
import type { CorsCure, CorsDiagnosis, DiagnosedTarget, Situation } from './diagnosis.js';
import { findingsOf, type Finding } from './finding.js';
import { originNames } from './origin-names.js';
import { sentenceOf } from './sentence.js';

/** A target and its first finding. */
interface Objection extends Finding {
  readonly target: DiagnosedTarget;
}

/**
 * Why a page cannot read a response, which layer is the cause, and the change to make; undefined if it can. Pure and computed
 * on demand; every text about a refusal is derived from it.
 */
export function diagnose(situation: Situation): CorsDiagnosis | undefined {
  const { targets, served, request, isKnown } = situation;
  if (targets.length === 0 && served.length > 0) {
    const missing = [request.method];
    return finished(situation, { step: 'method', reason: 'method-not-served', option: undefined, missing }, undefined);
  }
  const objections = targets.flatMap((target): Objection[] => {
    const [first] = findingsOf(target.policy, target, request);
    return first === undefined ? [] : [{ ...first, target }];
  });
  if (!isKnown) {
    return unknownUrl(situation, objections);
  }
  const [first] = objections.toSorted((a, b) => rankOf(a) - rankOf(b));
  return first === undefined ? undefined : finished(situation, first, first.target, curesOf(situation, objections));
}

/** A URL that is not served comes first: a policy for it has no effect, unless code unknown to the router serves it. */
function unknownUrl(situation: Situation, objections: readonly Objection[]): CorsDiagnosis {
  const nearest = situation.nearest();
  const [first] = objections;
  const finding: Finding = { step: first?.step, reason: 'url-not-served', option: undefined, missing: [] };
  return finished(situation, finding, undefined, nearest === undefined ? curesOf(situation, objections) : [], nearest);
}

const STEPS = ['origin', 'method', 'headers', 'credentials'] as const;

/** In the order of the protocol, over all targets; having no policy comes first. */
function rankOf({ step }: Finding): number {
  return STEPS.findIndex((each) => each === step);
}

/** All or none: a cure is useless while another target still refuses. */
function curesOf({ request }: Situation, objections: readonly Objection[]): readonly CorsCure[] {
  const cures = objections.map(({ target }) => cureOf(target, request));
  const found = cures.filter((cure) => cure !== undefined);
  return found.length === cures.length ? found : [];
}

function finished(
  situation: Situation,
  { step, reason, option, missing }: Finding,
  target: DiagnosedTarget | undefined,
  cures: readonly CorsCure[] = [],
  nearest?: string,
): CorsDiagnosis {
  const facts = {
    step,
    reason,
    target: target?.name,
    missing: Object.freeze(missing.map((text) => safeText(text, LONGEST))),
    option,
    writtenBy: writerOf(target, option),
    instead: Object.freeze([...insteadOf(situation, target, option)]),
    nearest,
    cures: Object.freeze([...cures]),
  };
  const text = sentenceOf(facts, situation.request, target) + inheritanceOf(target);
  return Object.freeze({ ...facts, text });
}

/** What is said in place of a cure, if other classes inherit the handler or the gateway. */
function inheritanceOf(target: DiagnosedTarget | undefined): string {
  if (target?.isShared !== true || target.policy?.closed === true) {
    return '';
  }
  const { kind, name, place } = target;
  return kind === 'gateway'
    ? ` Other gateways extend ${name}, and a @Cors on it applies to them, too.`
    : ` A @Cors on ${place} applies to other controllers, too: override the method for a policy of ${name} alone.`;
}

/** The longest origin there is. */
const LONGEST = 326;

function writerOf(target: DiagnosedTarget | undefined, option: PolicyField | undefined): string | undefined {
  const sources = target?.sources;
  const where =
    sources !== undefined && option !== undefined && Object.hasOwn(sources, option) ? sources[option] : undefined;
  return where === undefined ? undefined : placeName(where);
}

/** `CatsController` for `CatsController (every route)`; an entry of `paths` keeps its pattern, which identifies it. */
export function placeName(where: string): string {
  return where.startsWith('paths[') ? where : where.replace(/ \(.*$/s, '');
}

function insteadOf(
  { served }: Situation,
  target: DiagnosedTarget | undefined,
  option: PolicyField | undefined,
): readonly string[] {
  const policy: CorsPolicy | undefined = target?.policy;
  if (policy === undefined) {
    return served;
  }
  if (option === 'origin' || option === 'credentials') {
    return originNames(policy);
  }
  if (option === 'methods') {
    return typeof policy.methods === 'string' ? served : policy.methods;
  }
  return policy.allowedHeaders === '*' ? [] : policy.allowedHeaders.spelled;
}
