/**
 * Makes a story of an exchange: who said what to whom, and why the browser let the page read the answer, or did not.
 *
 * The facts are the API's log and what the page got. Only the reasons are worked out here, by the same checks, in the same
 * order, as the Fetch standard gives browsers.
 */

/** @import { Asked, Exchange, HeaderLine, Outcome, ShownHeader, Step, Story, Tone } from './types.js' */

const ALLOW_ORIGIN = 'Access-Control-Allow-Origin';
const ALLOW_CREDENTIALS = 'Access-Control-Allow-Credentials';
const ALLOW_METHODS = 'Access-Control-Allow-Methods';
const ALLOW_HEADERS = 'Access-Control-Allow-Headers';
const MAX_AGE = 'Access-Control-Max-Age';

/**
 * @param {{ asked: Asked, origin: string, exchanges: readonly Exchange[], outcome: Outcome, again?: boolean }} facts
 * @returns {Story}
 */
export function tell({ asked, origin, exchanges, outcome, again = false }) {
  const preflight = exchanges.find(({ method }) => method === 'OPTIONS');
  const actual = exchanges.find(({ method }) => method === asked.method);

  /** @type {Step[]} */
  const steps = [{ kind: 'message', from: 'page', to: 'browser', title: 'fetch()' }];
  if (needsPreflight(asked)) {
    steps.push({
      kind: 'note',
      text:
        preflight || !actual
          ? 'Not a simple request: ask first.'
          : 'Asked before, and allowed: no preflight this time.',
    });
  } else {
    steps.push({ kind: 'note', text: 'A simple request: send it at once.' });
  }

  const preflightCheck = preflight && checkPreflight(preflight, asked, origin);
  if (preflight) {
    steps.push(...wire(preflight, asked.path, preflightCheck));
  }
  if (preflightCheck) {
    steps.push({ kind: 'note', text: preflightCheck.note, tone: tone(preflightCheck.passes) });
  }

  const check = actual?.answer && corsCheck(actual.answer.headers, asked, origin);
  if (actual) {
    steps.push(...wire(actual, asked.path, check));
  } else if (preflight) {
    steps.push({ kind: 'message', from: 'browser', to: 'api', title: `${asked.method}: never sent`, unsent: true });
  }
  if (check) {
    steps.push({ kind: 'note', text: check.note, tone: tone(check.passes) });
  }

  steps.push(ending(outcome));
  return {
    steps,
    read: outcome.read,
    why: why({ asked, origin, preflight, actual, preflightCheck, check, outcome, again }),
  };
}

/**
 * @typedef {object} Check
 * @property {boolean} passes
 * @property {string} note what the browser thinks, in few words
 * @property {string} why the same as a sentence's beginning
 * @property {readonly string[]} headers the headers that decided
 */

/**
 * https://fetch.spec.whatwg.org/#concept-cors-check
 * @param {readonly HeaderLine[]} headers
 * @param {Asked} asked
 * @param {string} origin
 * @returns {Check}
 */
function corsCheck(headers, asked, origin) {
  const allowed = valueOf(headers, ALLOW_ORIGIN);
  /** @param {string} note @param {string} why @param {string} [header] @returns {Check} */
  const refuse = (note, why, header = ALLOW_ORIGIN) => ({ passes: false, note, why, headers: [header] });
  /** @param {string} note @param {string} why @param {...string} more @returns {Check} */
  const pass = (note, why, ...more) => ({ passes: true, note, why, headers: [ALLOW_ORIGIN, ...more] });

  if (allowed === undefined) {
    return refuse('No origin is named.', `does not name ${origin}`);
  }
  if (allowed === '*' && asked.credentials) {
    return refuse(
      '“*” is not enough with credentials.',
      'says “*”, which is not enough for a request with credentials',
    );
  }
  if (allowed === '*') {
    return pass('Open to everyone.', 'is for pages of any origin');
  }
  if (allowed !== origin) {
    return refuse('Another origin is named.', `names ${allowed}, which is another origin`);
  }
  if (!asked.credentials) {
    return pass('This origin is named.', 'names the page’s origin');
  }
  if (valueOf(headers, ALLOW_CREDENTIALS) !== 'true') {
    return refuse('Credentials are not allowed.', 'does not allow credentials', ALLOW_CREDENTIALS);
  }
  const note = 'This origin is named, and credentials are allowed.';
  return pass(note, 'names the page’s origin and allows credentials', ALLOW_CREDENTIALS);
}

/**
 * https://fetch.spec.whatwg.org/#cors-preflight-fetch, step 7
 * @param {Exchange} preflight
 * @param {Asked} asked
 * @param {string} origin
 * @returns {Check | undefined}
 */
function checkPreflight({ answer }, asked, origin) {
  if (!answer) {
    return undefined;
  }
  const check = corsCheck(answer.headers, asked, origin);
  if (!check.passes) {
    return check;
  }
  if (answer.status < 200 || answer.status > 299) {
    return { ...check, passes: false, note: `${answer.status} is no yes.`, why: `has the status ${answer.status}` };
  }
  // For a request with credentials “*” is a name like any other.
  const any = asked.credentials ? [] : ['*'];
  const methods = listOf(answer.headers, ALLOW_METHODS);
  if (!['GET', 'HEAD', 'POST', ...methods].some((method) => [asked.method, ...any].includes(method))) {
    return {
      passes: false,
      note: 'The method is not allowed.',
      why: `does not allow ${asked.method}`,
      headers: [ALLOW_METHODS],
    };
  }
  const headers = listOf(answer.headers, ALLOW_HEADERS).map((name) => name.toLowerCase());
  const missing = ownHeaders(asked).filter(
    (name) => ![name.toLowerCase(), ...any].some((item) => headers.includes(item)),
  );
  if (missing.length > 0) {
    const names = missing.join(', ');
    return {
      passes: false,
      note: 'A header is not allowed.',
      why: `does not allow ${names}`,
      headers: [ALLOW_HEADERS],
    };
  }
  return {
    passes: true,
    note: 'All of it is allowed: send it.',
    why: `allows ${asked.method} with ${ownHeaders(asked).join(' and ')}`,
    headers: [...check.headers, ALLOW_HEADERS],
  };
}

/**
 * A request and its answer, as they went over the wire.
 * @param {Exchange} exchange
 * @param {string} path
 * @param {Check | undefined} check
 * @returns {Step[]}
 */
function wire({ method, headers, answer }, path, check) {
  /** @type {Step[]} */
  const steps = [
    {
      kind: 'message',
      from: 'browser',
      to: 'api',
      title: `${method} ${path}`,
      headers: headers.map(([name, value]) => ({ name, value })),
    },
  ];
  if (answer) {
    /** @type {ShownHeader[]} */
    const shown = answer.headers.map(([name, value]) =>
      check?.headers.some((one) => sameName(one, name)) ? { name, value, tone: tone(check.passes) } : { name, value },
    );
    const missing = check?.headers.filter((name) => valueOf(answer.headers, name) === undefined) ?? [];
    for (const name of missing) {
      shown.unshift({ name, value: undefined, tone: 'bad' });
    }
    const title = `${answer.status} ${answer.reason}`;
    steps.push({ kind: 'message', from: 'api', to: 'browser', title, headers: shown });
  }
  return steps;
}

/**
 * @param {Outcome} outcome
 * @returns {Step}
 */
function ending(outcome) {
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

/**
 * One sentence, in plain words.
 * @param {{ asked: Asked, origin: string, preflight: Exchange | undefined, actual: Exchange | undefined,
 *   preflightCheck: Check | undefined, check: Check | undefined, outcome: Outcome, again: boolean }} facts
 */
function why({ asked, preflight, actual, preflightCheck, check, outcome, again }) {
  if (!preflight && !actual) {
    return 'No request reached the API. Is it still running?';
  }
  if (preflightCheck && !preflightCheck.passes) {
    const still = again ? 'A refusal is not remembered: the browser asked again. ' : '';
    return `${still}The answer to the preflight ${preflightCheck.why}, so the browser never sent the ${asked.method}.`;
  }
  if (!check) {
    return 'The API broke off before it had answered.';
  }
  if (check.passes !== outcome.read) {
    return 'By its headers it should have been otherwise: something else stepped in.';
  }
  if (!outcome.read) {
    const cookie = actual?.answer && valueOf(actual.answer.headers, 'Set-Cookie');
    const counted = cookie ? ' The visit was counted all the same: CORS guards the reading, not the sending.' : '';
    return `The answer ${check.why}, so the browser kept it from the page.${counted}`;
  }
  if (preflightCheck) {
    const maxAge = preflight?.answer && valueOf(preflight.answer.headers, MAX_AGE);
    const asks = again && maxAge ? 'This browser asked again all the same. ' : '';
    return `${asks}The answer to the preflight ${preflightCheck.why}, and the answer to the ${asked.method} ${check.why}.`;
  }
  if (needsPreflight(asked)) {
    return `The browser remembered the answer to the preflight, and this answer ${check.why}.`;
  }
  return `The answer ${check.why}, so the page may read it.`;
}

/**
 * The headers that a page cannot send without a preflight. (Of the safelisted ones the scenarios use Content-Type alone.)
 * @param {Asked} asked
 */
function ownHeaders({ headers = {} }) {
  const forms = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];
  return Object.entries(headers).flatMap(([name, value]) =>
    sameName(name, 'Content-Type') && forms.includes(value) ? [] : [name],
  );
}

/** @param {Asked} asked */
function needsPreflight(asked) {
  return ownHeaders(asked).length > 0;
}

/**
 * @param {readonly HeaderLine[]} headers
 * @param {string} name
 */
function valueOf(headers, name) {
  return headers.find(([other]) => sameName(other, name))?.[1];
}

/**
 * @param {readonly HeaderLine[]} headers
 * @param {string} name
 */
function listOf(headers, name) {
  return (valueOf(headers, name) ?? '').split(',').map((item) => item.trim());
}

/** @param {string} a @param {string} b */
function sameName(a, b) {
  return a.toLowerCase() === b.toLowerCase();
}

/** @param {boolean} passes @returns {Tone} */
function tone(passes) {
  return passes ? 'good' : 'bad';
}
