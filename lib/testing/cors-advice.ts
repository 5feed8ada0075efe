import type { CorsBlockedStep, CorsFailure } from './cors-failure.js';
import type { FetchRequest } from './fetch-request.js';
import { isRedirectTainted } from './fetch-request.js';

const SENTENCES: Readonly<Record<CorsBlockedStep, string>> = {
  'mixed-content': 'An https page may not request an http URL.',
  'same-origin-mode': 'The page said mode "same-origin", and the URL is on another origin.',
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
  'redirect-mode': 'The page said redirect "error", and the answer is a redirect.',
  'redirect-location': 'The answer redirects to something that is not an http(s) URL.',
  'redirect-url-credentials': 'The answer redirects to a URL with credentials in it.',
  'redirect-limit': 'The answers redirect in circles.',
  'handshake-origin': 'The server does not let pages of this origin open a socket.',
};

/** What went wrong, in one sentence. */
export function describeFailure({ step }: CorsFailure): string {
  return SENTENCES[step];
}

/** What failed, what the page had asked for, and the status of the answer; null if there was no answer yet. */
type Advice = (failure: CorsFailure, request: FetchRequest, status: number | null) => string;

const ALLOW_CREDENTIALS: Advice = () => "@Cors({ credentials: true }), or fetch without credentials: 'include'";
const NO_SUCH_REDIRECT: Advice = () => 'Answer without this redirect';

const ADVICE: Readonly<Record<CorsBlockedStep, Advice>> = {
  'mixed-content': () => 'Serve the API by https, also where a redirect leads',
  'same-origin-mode': () => "Fetch with mode: 'cors'",
  'no-cors-redirect': () => "Fetch with redirect: 'follow', or with mode: 'cors'",
  'preflight-origin': (failure, request, status) =>
    failure.actual === null ? statusAdvice(status) + originAdvice(failure, request) : originAdvice(failure, request),
  'preflight-credentials': ALLOW_CREDENTIALS,
  'preflight-status': (_failure, _request, status) =>
    statusAdvice(status).trimEnd() || 'Answer preflights with 200 to 299: @Cors({ optionsSuccessStatus: 204 })',
  'preflight-syntax': ({ header }) => `Send names separated by commas in ${header ?? 'it'}, and nothing else`,
  'preflight-method': (_failure, { method }) => methodAdvice(method),
  'preflight-headers': headersAdvice,
  origin: originAdvice,
  credentials: ALLOW_CREDENTIALS,
  'resource-policy': () =>
    "Send Cross-Origin-Resource-Policy: cross-origin (helmet sends same-origin), or fetch with mode: 'cors'",
  'redirect-mode': () => "Answer without a redirect, or fetch with redirect: 'follow'",
  'redirect-location': NO_SUCH_REDIRECT,
  'redirect-url-credentials': NO_SUCH_REDIRECT,
  'redirect-limit': NO_SUCH_REDIRECT,
  'handshake-origin': (_failure, { origin, url }) =>
    `@Cors({ origin: '${origin}' }) on the gateway behind ${url.pathname}, or an entry of paths where no gateway serves it`,
};

/** What to change, as keys of `@Cors({ … })` if the policy is the reason. */
export function adviseOn(failure: CorsFailure, request: FetchRequest, status: number | null): string {
  return ADVICE[failure.step](failure, request, status);
}

function originAdvice({ actual, expected }: CorsFailure, request: FetchRequest): string {
  if (isRedirectTainted(request)) {
    return "A redirect led from one foreign origin to another, so the browser sent Origin: null. Answer without a redirect; only @Cors({ origin: '*' }) without credentials allows such a request";
  }
  if (expected === 'null') {
    return "The page is sandboxed. Give it an origin; only @Cors({ origin: '*' }) without credentials allows such a page";
  }
  if (actual?.includes(',') === true) {
    return 'Two places set this header. Leave it to @Cors(), and remove app.enableCors() or the setHeader() call';
  }
  const withCredentials = request.credentials === 'include';
  const policy = `@Cors({ origin: '${expected}'${withCredentials ? ', credentials: true' : ''} })`;
  if (actual === '*') {
    return `'*' does not go with credentials. ${policy}, or fetch without credentials: 'include'`;
  }
  return `${policy} on the handler that answers ${request.method} ${request.url.pathname}`;
}

/** What the status says about a preflight that never reached a policy. Empty if nothing. */
function statusAdvice(status: number | null): string {
  if (status === 401) {
    return 'Preflights carry no credentials: answer them before authentication, as CorsModule does. ';
  }
  if (status === 404 || status === 405) {
    return 'Nothing answers OPTIONS at this URL: is CorsModule imported? ';
  }
  if (status !== null && status >= 300 && status <= 399) {
    return 'Browsers do not follow a redirect of a preflight: fetch the URL it leads to. ';
  }
  return '';
}

function methodAdvice(method: string): string {
  const upper = method.toUpperCase();
  if (upper === method) {
    return `@Cors({ methods: ['${method}'] }), in addition to those it already allows`;
  }
  return `Methods are case-sensitive, and browsers send this one as it is written: fetch with method: '${upper}'`;
}

function headersAdvice({ actual, expected }: CorsFailure): string {
  const names = expected.split(', ').map((name) => `'${name}'`);
  const policy = `@Cors({ allowedHeaders: { add: [${names.join(', ')}] } })`;
  if (actual?.includes('*') !== true) {
    return policy;
  }
  return `'*' does not cover Authorization, and covers nothing with credentials: ${policy}`;
}
