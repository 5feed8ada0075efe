import { describeCure } from '../policy/diagnosis/sentence.js';
import { normalizedMethod } from '../policy/names/http-names.js';
import type { AppAnswer } from './app-diagnosis.js';
import type { CorsBlockedStep, CorsFailure } from './cors-failure.js';
import type { FetchRequest } from './fetch-request.js';
import { isRedirectTainted } from './fetch-request.js';

const SENTENCES: Readonly<Record<CorsBlockedStep, string>> = {
  'mixed-content': 'An https page may not request an http URL.',
  'same-origin-mode': 'The page used mode "same-origin", but the URL has another origin.',
  'no-cors-redirect': 'Under mode "no-cors" the page must leave redirects to the browser.',
  'preflight-origin': 'The answer to the preflight does not allow the origin of the page.',
  'preflight-credentials': 'The answer to the preflight does not allow credentials.',
  'preflight-status': 'The preflight was not answered with success.',
  'preflight-syntax': 'The answer to the preflight has a list that cannot be read.',
  'preflight-method': 'The answer to the preflight does not allow the method.',
  'preflight-headers': 'The answer to the preflight does not allow every request header.',
  origin: 'The answer does not allow the origin of the page.',
  credentials: 'The answer does not allow credentials.',
  'resource-policy': 'The answer does not allow pages of other origins to read it (Cross-Origin-Resource-Policy).',
  'redirect-mode': 'The page used redirect "error", but the answer is a redirect.',
  'redirect-location': 'The answer redirects to something that is not an http(s) URL.',
  'redirect-url-credentials': 'The answer redirects to a URL with credentials in it.',
  'redirect-limit': 'The answers redirect in circles.',
  'handshake-origin': 'The server does not let pages of this origin open a socket.',
};

/** What went wrong, in a sentence or two: the diagnosis of an application with `CorsModule`; otherwise what was seen. */
export function describeFailure(failure: CorsFailure, status: number | null, answer: AppAnswer): string {
  if (answer.kind === 'diagnosis') {
    return answer.diagnosis?.text ?? overruled(status);
  }
  const seen = isWithoutHeaders(failure) ? withoutHeaders(failure, status) : SENTENCES[failure.step];
  return answer.kind === 'no-module' ? `${seen} This application does not import CorsModule.` : seen;
}

/** The policies allow the request, but the answer contradicts them, so it comes from other code. */
function overruled(status: number | null): string {
  return (
    `The CORS policies of this application allow the request, but the answer${status === null ? '' : ` (${status})`} does not carry ` +
    'their headers: it comes from something else, such as middleware, a proxy, or code that writes to the socket.'
  );
}

function isWithoutHeaders({ step, actual }: CorsFailure): boolean {
  return actual === null && (step === 'preflight-origin' || step === 'origin');
}

/** A refusal contains no reason that a page or a test could read. */
function withoutHeaders({ step }: CorsFailure, status: number | null): string {
  const what = step === 'origin' ? 'request' : 'preflight';
  if (status === null || status < 300) {
    return `The ${what} was answered with status ${status ?? 'unknown'}, without CORS headers.`;
  }
  const proxy = status >= 502 && status <= 504 ? ', as a proxy answers that does not reach the application' : '';
  return `The ${what} was refused without a reason: ${status} without CORS headers${proxy}.`;
}

/** What failed, what the page had asked for, and the status of the answer; null if there was no answer yet. */
type Advice = (failure: CorsFailure, request: FetchRequest, status: number | null) => string | undefined;

const WITHOUT_CREDENTIALS = "fetch without credentials: 'include'";
const NO_SUCH_REDIRECT: Advice = () => 'Answer without this redirect';
const FEWER_CREDENTIALS: Advice = () =>
  `Send Access-Control-Allow-Credentials: true, or ${WITHOUT_CREDENTIALS} if the request needs no cookies`;

const ADVICE: Readonly<Record<CorsBlockedStep, Advice>> = {
  'mixed-content': () => 'Serve the API by https, also where a redirect leads',
  'same-origin-mode': () => "Fetch with mode: 'cors'",
  'no-cors-redirect': () => "Fetch with redirect: 'follow', or with mode: 'cors'",
  'preflight-origin': originAdvice,
  'preflight-credentials': FEWER_CREDENTIALS,
  'preflight-status': (_failure, _request, status) => statusAdvice(status) ?? 'Answer preflights with 200 to 299',
  'preflight-syntax': ({ header }) => `Send names separated by commas in ${header ?? 'it'}, and nothing else`,
  'preflight-method': ({ actual }, { method }) => methodAdvice(method, actual),
  'preflight-headers': headersAdvice,
  origin: originAdvice,
  credentials: FEWER_CREDENTIALS,
  'resource-policy': () =>
    "Send Cross-Origin-Resource-Policy: cross-origin (helmet sends same-origin), or fetch with mode: 'cors'",
  'redirect-mode': () => "Answer without a redirect, or fetch with redirect: 'follow'",
  'redirect-location': NO_SUCH_REDIRECT,
  'redirect-url-credentials': NO_SUCH_REDIRECT,
  'redirect-limit': NO_SUCH_REDIRECT,
  'handshake-origin': () => undefined,
};

/**
 * What to change. For an application with `CorsModule`: the cures of its diagnosis, if it has any. Otherwise only what follows
 * from the answer, as the policy is not known.
 */
export function adviseOn(
  failure: CorsFailure,
  request: FetchRequest,
  status: number | null,
  answer: AppAnswer,
): string | undefined {
  if (answer.kind === 'diagnosis' && answer.diagnosis !== undefined) {
    const { cures } = answer.diagnosis;
    return cures.length === 0 ? undefined : cures.map(describeCure).join('\n  ');
  }
  return ADVICE[failure.step](failure, request, status);
}

function originAdvice({ actual }: CorsFailure, request: FetchRequest, status: number | null): string | undefined {
  if (isRedirectTainted(request)) {
    return 'A redirect led from one foreign origin to another, so the browser sent Origin: null. Answer without a redirect; only Access-Control-Allow-Origin: * without credentials allows such a request';
  }
  if (request.origin === 'null') {
    return 'The page is sandboxed. Give it an origin; only Access-Control-Allow-Origin: * without credentials allows such a page';
  }
  if (actual?.includes(',') === true) {
    return 'Two places set this header: app.enableCors(), a setHeader() call, or a proxy in front of the application. Leave it to one of them';
  }
  if (actual === '*') {
    return `'*' does not go with credentials: name the origin, or ${WITHOUT_CREDENTIALS}`;
  }
  return actual === null ? statusAdvice(status) : undefined;
}

/** What the status says about a preflight that never reached a policy; undefined if nothing. */
function statusAdvice(status: number | null): string | undefined {
  if (status === 401) {
    return 'Preflights carry no credentials: answer them before authentication';
  }
  if (status === 404 || status === 405) {
    return 'Nothing answers OPTIONS at this URL';
  }
  if (status !== null && status >= 300 && status <= 399) {
    return 'Browsers do not follow a redirect of a preflight: fetch the URL it leads to';
  }
  return undefined;
}

function methodAdvice(method: string, allowed: string | null): string | undefined {
  const upper = method.toUpperCase();
  const isAllowed = (allowed ?? '').split(',').some((name) => name.trim() === upper);
  return upper !== normalizedMethod(method) && isAllowed
    ? `Methods are case-sensitive, and browsers send this one as it is written: fetch with method: '${upper}'`
    : undefined;
}

function headersAdvice({ actual }: CorsFailure): string | undefined {
  return actual?.includes('*') === true
    ? "'*' does not cover Authorization, and covers nothing with credentials: name the headers"
    : undefined;
}
