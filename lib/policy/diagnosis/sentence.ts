import { safeText } from '../mistakes/safe-text.js';
import { isSendableMethod, normalizedMethod } from '../names/http-names.js';
import type { CorsCure, CorsDiagnosis, CorsDiagnosisReason, DiagnosedRequest, DiagnosedTarget } from './diagnosis.js';
import { remarksOn } from './meant-origin.js';
import { askName, shortList } from './origin-names.js';

/** A diagnosis without its text. */
type Facts = Omit<CorsDiagnosis, 'text'>;

/** The input of the sentences. */
interface Told extends Facts {
  /** What decided. */
  readonly name: string;
  readonly request: DiagnosedRequest;
  /** The functions and resolvers that were asked and refused. */
  readonly refusers: readonly string[];
  /** The policy is `*`, without credentials. */
  readonly sharesWithEveryone: boolean;
  /** By `allowedHeaders: '*'`. */
  readonly allowsAnyHeader: boolean;
  /** What else there is to say about an origin that is refused. */
  readonly remarks: string;
  /** Whether the target serves a method; false without one. */
  readonly serves: DiagnosedTarget['serves'];
}

const MOST_NAMES = 5;

/** A record, so that a reason without a sentence does not compile. */
const SENTENCES: Readonly<Record<CorsDiagnosisReason, (told: Told) => string>> = {
  'no-origin': () =>
    'The request has no Origin header, so it is not a CORS request: browsers send one with every CORS request.',
  'origin-malformed': ({ missing, remarks }) =>
    `${quoted(missing)} is not an origin as browsers write it, so no policy can allow it.${remarks}`,
  'origin-not-allowed': originSentence,
  closed: ({ name, writtenBy }) =>
    `${name} is closed to other origins on purpose${writtenBy === undefined ? '' : `, by ${writtenBy}`}.`,
  'method-not-allowed': (told) =>
    `${told.name} does not allow the method ${told.missing.join(', ')}: its methods are ${listOf(told.instead)}${writer(told)}.${caseHint(told)}`,
  'method-not-served': (told) =>
    `This URL does not serve the method ${told.missing.join(', ')}${told.instead.length === 0 ? '' : `; it serves ${listOf(told.instead)}`}.${caseHint(told)}`,
  'header-not-allowed': (told) =>
    `${told.name} does not allow the request ${told.missing.length === 1 ? 'header' : 'headers'} ${shortList(told.missing, MOST_NAMES)}: ${told.allowsAnyHeader ? notCovered(told.missing) : `its allowedHeaders are ${listOf(told.instead)}${writer(told)}`}.`,
  'headers-malformed': () =>
    'The list of request headers that the preflight announces cannot be read: it holds something other than names, or too many of them.',
  'credentials-not-allowed': credentialsSentence,
  'no-policy': ({ name }) =>
    `${name} has no CORS policy, as no layer names an origin: only the application's own headers could allow other origins.`,
  'left-to-the-app': ({ name }) =>
    `${name} is untouched: the code that serves this URL handles CORS itself, and has to send the headers.`,
  'url-not-served': ({ nearest, request }) =>
    `No controller serves ${safeText(request.method, 40)} ${safeText(request.url.replace(/\?.*$/s, ''), 80)}${nearest === undefined ? '' : `; the nearest route is ${nearest}`}.`,
};

/** A diagnosis in one or two sentences. */
export function sentenceOf(facts: Facts, request: DiagnosedRequest, target: DiagnosedTarget | undefined): string {
  const policy = target?.policy;
  const name = facts.target ?? 'the URL';
  return SENTENCES[facts.reason]({
    ...facts,
    name,
    request,
    refusers: target?.answer === false && policy !== undefined ? policy.asks.map(askName) : [],
    sharesWithEveryone: policy?.fixedEveryone === true,
    allowsAnyHeader: policy?.allowedHeaders === '*',
    remarks: policy === undefined ? '' : remarksOn(request.origin ?? '', policy, name),
    serves: (method) => target?.serves(method) === true,
  });
}

/** A diagnosis as text: the sentence, and a line for each change. */
export function describeDiagnosis({ text, cures }: CorsDiagnosis): string {
  return [text, ...cures.map(describeCure)].join('\n');
}

/** A change as an instruction: `@Cors({ origin: 'https://app.example.com' }) on CatsController.list` */
export function describeCure({ how, place, code }: CorsCure): string {
  switch (how) {
    case 'decorate':
      return `${code} on ${place}, above any other @Cors`;
    case 'entry':
      return `${code} in the policy of ${place}`;
    case 'add-entry':
      return `${code} as the first entry of ${place}`;
  }
}

function originSentence(told: Told): string {
  const refusal = `${told.name} does not allow the origin ${quoted(told.missing)}`;
  const why =
    told.refusers.length > 0
      ? `: ${told.refusers.join(' and ')} refused it`
      : `, only ${shortList(told.instead, MOST_NAMES)}`;
  return `${refusal}${why}${writer(told)}.${told.remarks}`;
}

function credentialsSentence({ name, sharesWithEveryone, writtenBy }: Told): string {
  const withoutThem = "fetch without credentials: 'include' if the request needs no cookies";
  if (sharesWithEveryone) {
    return `${name} allows every origin, but without credentials, so the browser blocks a page that sends them; ${withoutThem}.`;
  }
  return `${name} does not allow credentials${writtenBy === undefined ? '' : ` (credentials: false is written by ${writtenBy})`}; ${withoutThem}.`;
}

function notCovered(names: readonly string[]): string {
  return names.includes('*')
    ? 'in the answer, browsers would read that name as every header; give the header another one'
    : '"*" does not cover headers in which proxies name the host; if pages have to send it, list it in allowedHeaders';
}

function writer({ writtenBy }: Facts): string {
  return writtenBy === undefined ? '' : ` (written by ${writtenBy})`;
}

function quoted(texts: readonly string[]): string {
  return texts
    .map((text) => (/^[a-z][a-z0-9+.-]*:\/\/[\w.:[\]-]+$/.test(text) ? text : JSON.stringify(text)))
    .join(', ');
}

/** `GET, PUT and DELETE`; `none` of an empty list. */
function listOf(names: readonly string[]): string {
  const last = names.at(-1);
  if (last === undefined) {
    return 'none';
  }
  if (names.length > MOST_NAMES) {
    return shortList(names, MOST_NAMES);
  }
  return names.length === 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** Browsers upper-case only some names: `patch` stays `patch`. Empty where the name in upper case would be refused as well. */
function caseHint({ missing, reason, instead, serves }: Told): string {
  const method = missing.join('');
  const upper = method.toUpperCase();
  const isTaken = instead.includes(upper) || (reason === 'method-not-served' && serves(upper));
  const isHelpful = normalizedMethod(method) !== upper && isTaken && isSendableMethod(upper);
  return isHelpful
    ? ` Methods are case-sensitive, and browsers send this one as it is written: fetch with method: '${upper}'.`
    : '';
}
