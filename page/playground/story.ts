/** Turns what happened into the story that the picture tells. */
import { tell } from '../picture/story.js';
import type { Asked, Exchange, Facts, HeaderLine, Step, Story } from '../picture/types.js';
import type { Outcome, Readable, Sent } from './model/exchange.js';
import { phraseOf } from './phrase.js';

/** What every request carries, and the picture leaves out: below it stands everything, to the letter. */
const PLAIN: ReadonlySet<string> = new Set([
  'host',
  'accept',
  'accept-encoding',
  'accept-language',
  'content-length',
  'referer',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'user-agent',
]);

export function storyOf(outcome: Outcome): Story {
  const { request, sent, read, blocked } = outcome;
  const asked: Asked = {
    method: request.method,
    path: request.url.pathname + request.url.search,
    headers: Object.fromEntries(request.headers),
    ...(request.credentials === 'include' && { credentials: true }),
  };
  const exchanges = sent.map((each) => exchangeOf(each, asked));
  const facts: Facts = {
    asked,
    origin: request.origin,
    exchanges,
    outcome:
      read === undefined
        ? { read: false, error: 'TypeError: Failed to fetch' }
        : { read: true, status: statusOf(read), headers: shownHeaders(read), body: read.body },
    diagnosis: blocked?.diagnosis,
  };
  const isCors = request.mode === 'cors' && request.origin !== request.url.origin && sent.length > 0;
  if (!isCors || (read !== undefined && read.type !== 'cors')) {
    return otherStory(outcome, exchanges, facts);
  }
  return tell(facts);
}

function exchangeOf({ method, lines, answer }: Sent, asked: Asked): Exchange {
  const own = new Set(Object.keys(asked.headers ?? {}).map((name) => name.toLowerCase()));
  const isShown = ([name, value]: HeaderLine): boolean => {
    const lower = name.toLowerCase();
    return !PLAIN.has(lower) || (lower === 'accept' && own.has(lower) && value !== '*/*');
  };
  return {
    method,
    headers: lines.filter(isShown),
    answer: {
      status: answer.status,
      reason: phraseOf(answer.status),
      headers: answer.headers.filter(([name]) => name.toLowerCase() !== 'content-length'),
    },
  };
}

function statusOf({ type, status }: Readable): string {
  return type === 'opaque' ? 'opaque' : `${status} ${phraseOf(status)}`.trim();
}

function shownHeaders({ headers }: Readable): readonly HeaderLine[] {
  return headers.filter(([name]) => !name.startsWith('access-control-') && name !== 'vary');
}

/** Where CORS is not what decides: the page's own origin, `mode: 'no-cors'`, and what the browser never sends. */
function otherStory({ request, sent, read, blocked }: Outcome, exchanges: readonly Exchange[], facts: Facts): Story {
  const last = exchanges.at(-1);
  const steps: Step[] = [
    { kind: 'message', from: 'page', to: 'browser', title: 'fetch()' },
    { kind: 'note', text: openingOf(request) },
  ];
  if (last === undefined) {
    const title = `${request.method}: never sent`;
    steps.push({ kind: 'message', from: 'browser', to: 'api', title, unsent: true });
  } else {
    const { method, headers, answer } = last;
    const title = `${method} ${facts.asked.path}`;
    steps.push({ kind: 'message', from: 'browser', to: 'api', title, headers: shown(headers) });
    const answered = `${answer?.status ?? ''} ${answer?.reason ?? ''}`.trim();
    steps.push({ kind: 'message', from: 'api', to: 'browser', title: answered, headers: shown(answer?.headers ?? []) });
  }
  const isOpaque = read?.type === 'opaque';
  steps.push(endingOf(facts.outcome, isOpaque));
  const isRead = read !== undefined && !isOpaque;
  return { steps, read: isRead, why: whyOf(read, blocked?.message, sent.length), cures: [] };
}

function endingOf(outcome: Facts['outcome'], isOpaque: boolean): Step {
  const ending = { kind: 'message', from: 'browser', to: 'page' } as const;
  if (outcome.read && !isOpaque) {
    return { ...ending, title: outcome.status, headers: shown(outcome.headers), body: outcome.body, tone: 'good' };
  }
  const text = 'No status, no headers, no body.';
  return outcome.read
    ? { ...ending, title: outcome.status, text, tone: 'good' }
    : { ...ending, title: 'TypeError', text, tone: 'bad' };
}

function shown(headers: readonly HeaderLine[]): { readonly name: string; readonly value: string }[] {
  return headers.map(([name, value]) => ({ name, value }));
}

function openingOf({ origin, url, mode }: Outcome['request']): string {
  if (origin === url.origin) {
    return 'The page’s own origin: CORS does not apply.';
  }
  return mode === 'no-cors' ? 'Sent without a preflight, but not readable.' : 'Not to be sent.';
}

function whyOf(read: Readable | undefined, message: string | undefined, messages: number): string {
  if (read?.type === 'opaque') {
    return 'With mode: "no-cors" the request is sent, and the page sees nothing of the answer: not even its status. CORS is what lets a page read it, so leave the mode out.';
  }
  if (read !== undefined) {
    return 'The page and the API have the same origin, so there is no preflight, and the page reads the answer.';
  }
  // The first line names the request, which stands above.
  const sentences = (message ?? '').split('\n').slice(1);
  const said = sentences.map((line) => line.trim()).join(' ');
  return messages === 0 ? `The browser never sends it. ${said}` : said;
}
