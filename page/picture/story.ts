/**
 * Makes a story of an exchange: who said what to whom, and why the browser let the page read the answer, or did not.
 *
 * The facts are what went over the wire and what the page got. Only the reasons are worked out here, by the checks that the
 * Fetch standard gives browsers.
 */
import { type Check, corsCheck, needsPreflight, preflightCheck, sameName, valueOf } from './checks.js';
import type { Asked, Diagnosis, Exchange, Facts, Outcome, ShownHeader, Step, Story, Tone } from './types.js';

/** The facts, and what the browser makes of them. */
interface Judged extends Facts {
  readonly preflight: Exchange | undefined;
  readonly actual: Exchange | undefined;
  readonly asks: Check | undefined;
  readonly check: Check | undefined;
}

export function tell(facts: Facts): Story {
  const { asked, origin, exchanges, outcome } = facts;
  const preflight = exchanges.find(({ method }) => method === 'OPTIONS');
  const actual = exchanges.find((exchange) => exchange !== preflight && exchange.method === asked.method);
  const asks = preflight && preflightCheck(preflight, asked, origin);
  const check = actual?.answer && corsCheck(actual.answer.headers, asked, origin);
  const judged: Judged = { ...facts, preflight, actual, asks, check };
  return { steps: stepsOf(judged), read: outcome.read, why: why(judged), cures: facts.diagnosis?.cures ?? [] };
}

function stepsOf({ asked, preflight, actual, asks, check, outcome, diagnosis }: Judged): Step[] {
  const steps: Step[] = [
    { kind: 'message', from: 'page', to: 'browser', title: 'fetch()' },
    { kind: 'note', text: opening(asked, preflight, actual) },
  ];
  if (preflight) {
    steps.push(...wire(preflight, asked.path, asks, asks?.passes === false ? diagnosis : undefined));
  }
  if (asks) {
    const said = asks.passes ? undefined : noteOf(diagnosis);
    steps.push({ kind: 'note', text: said ?? asks.note, tone: tone(asks.passes) });
  }
  if (actual) {
    steps.push(...wire(actual, asked.path, check));
  } else if (preflight) {
    steps.push({ kind: 'message', from: 'browser', to: 'api', title: `${asked.method}: never sent`, unsent: true });
  }
  if (check) {
    steps.push({ kind: 'note', text: check.note, tone: tone(check.passes) });
  }
  return [...steps, ending(outcome)];
}

function opening(asked: Asked, preflight: Exchange | undefined, actual: Exchange | undefined): string {
  if (!needsPreflight(asked)) {
    return 'A simple request: send it at once.';
  }
  return preflight || !actual
    ? 'Not a simple request: ask first.'
    : 'Asked before, and allowed: no preflight this time.';
}

/** The API refuses a preflight without a word, whatever the step. Where it has said why, that is what is to be read. */
function noteOf(diagnosis: Diagnosis | undefined): string | undefined {
  if (diagnosis?.step === 'method') {
    return 'The API refuses the method.';
  }
  return diagnosis?.step === 'headers' ? 'The API refuses a header.' : undefined;
}

/** The line of a preflight that the API stumbled over. */
const STUMBLED_OVER = {
  origin: 'Origin',
  method: 'Access-Control-Request-Method',
  headers: 'Access-Control-Request-Headers',
  credentials: undefined,
} as const;

/** A request and its answer, as they went over the wire. */
function wire(
  { method, headers, answer }: Exchange,
  path: string,
  check: Check | undefined,
  diagnosis?: Diagnosis,
): Step[] {
  const bad = diagnosis?.step && STUMBLED_OVER[diagnosis.step];
  const request: Step = {
    kind: 'message',
    from: 'browser',
    to: 'api',
    title: `${method} ${path}`,
    headers: headers.map(([name, value]) =>
      bad && sameName(name, bad) ? { name, value, tone: 'bad' } : { name, value },
    ),
  };
  if (!answer) {
    return [request];
  }
  const shown = answer.headers.map(([name, value]): ShownHeader =>
    check?.headers.some((one) => sameName(one, name)) ? { name, value, tone: tone(check.passes) } : { name, value },
  );
  const missing = check?.headers.filter((name) => valueOf(answer.headers, name) === undefined) ?? [];
  const gaps = missing.map((name): ShownHeader => ({ name, value: undefined, tone: 'bad' }));
  const title = `${answer.status || ''} ${answer.reason}`.trim();
  return [request, { kind: 'message', from: 'api', to: 'browser', title, headers: [...gaps, ...shown] }];
}

function ending(outcome: Outcome): Step {
  if (!outcome.read) {
    return {
      kind: 'message',
      from: 'browser',
      to: 'page',
      title: outcome.error.split(':')[0] ?? 'Error',
      text: 'No status, no headers, no body.',
      tone: 'bad',
    };
  }
  return {
    kind: 'message',
    from: 'browser',
    to: 'page',
    title: outcome.status,
    headers: outcome.headers.map(([name, value]) => ({ name, value })),
    body: outcome.body,
    tone: 'good',
  };
}

/** One sentence, in plain words. */
function why(judged: Judged): string {
  const { preflight, actual, asks, check, outcome } = judged;
  if (!preflight && !actual) {
    return 'No request reached the API. Is it still running?';
  }
  if (asks && !asks.passes) {
    return whyUnsent(judged, asks);
  }
  if (!check) {
    return 'The API closed the connection before it answered.';
  }
  if (check.passes !== outcome.read) {
    return 'By the headers of the answer, the result should be different: something else interfered.';
  }
  return outcome.read ? whyRead(judged, check) : whyKept(judged, check);
}

function whyUnsent({ asked, preflight, diagnosis, again = false }: Judged, asks: Check): string {
  const still = again ? 'A refusal is not remembered: the browser asked again. ' : '';
  // Only for credentials does the API not refuse: it answers without the header that the browser asks for then.
  const refusal =
    diagnosis === undefined || diagnosis.step === 'credentials'
      ? `The answer to the preflight ${asks.why}`
      : 'The preflight is refused';
  const said = diagnosis ? ` ${diagnosis.text}` : hint(preflight);
  return `${still}${refusal}, so the browser never sent the ${asked.method}.${said}`;
}

function whyKept({ actual, diagnosis }: Judged, check: Check): string {
  const cookie = actual?.answer && valueOf(actual.answer.headers, 'Set-Cookie');
  const counted = cookie ? ' The visit was counted all the same: CORS decides who may read, not who may send.' : '';
  const said = diagnosis ? ` ${diagnosis.text}` : hint(actual);
  return `The answer ${check.why}, so the browser kept it from the page.${counted}${said}`;
}

function whyRead({ asked, preflight, asks, again = false }: Judged, check: Check): string {
  if (asks) {
    const maxAge = preflight?.answer && valueOf(preflight.answer.headers, 'Access-Control-Max-Age');
    const twice = again && maxAge ? 'This browser asked again anyway. ' : '';
    return `${twice}The answer to the preflight ${asks.why}, and the answer to the ${asked.method} ${check.why}.`;
  }
  return needsPreflight(asked)
    ? `The browser remembered the answer to the preflight, and this answer ${check.why}.`
    : `The answer ${check.why}, so the page may read it.`;
}

/** What does not even say `Vary` has not been where CORS is decided. */
function hint(exchange: Exchange | undefined): string {
  const answer = exchange?.answer;
  const isProxys =
    answer !== undefined &&
    [502, 503, 504].includes(answer.status) &&
    !answer.headers.some(([name]) => /^(?:access-control-|vary$)/i.test(name));
  return isProxys
    ? ` A ${answer.status} without these headers comes from a proxy: the API has not answered, and its policy is not the cause.`
    : '';
}

function tone(passes: boolean): Tone {
  return passes ? 'good' : 'bad';
}
