/** Turns the application's explanation into the exchange that a browser would have, and its story. */
import {
  type Asked,
  corsCheck,
  type Exchange,
  type HeaderLine,
  needsPreflight,
  ownHeaders,
  type Story,
  tell,
} from '../picture/index.js';
import { SOCKET } from './address.js';
import type { ExplanationReport } from './server.js';

type Explanation = ExplanationReport['request'];

export interface Question {
  readonly origin: string;
  readonly asked: Asked;
  readonly host: string | undefined;
  /** Whether functions and resolvers run. */
  readonly ask: boolean;
}

export interface Foreseen {
  /** Undefined if the outcome cannot be predicted. */
  readonly story: Story | undefined;
  readonly notes: readonly string[];
  readonly routes: readonly string[];
}

const REASONS: Readonly<Record<number, string>> = { 200: 'OK', 204: 'No Content', 403: 'Forbidden' };
const FAILED = { read: false, error: 'TypeError' } as const;

/** The question as the server reads it. */
export function questionAbout({ origin, asked, host, ask }: Question): URLSearchParams {
  const query = new URLSearchParams({ origin, method: asked.method, url: asked.path, host: host ?? location.host });
  if (asked.method === SOCKET) {
    query.set('handshake', '');
  } else if (needsPreflight(asked)) {
    query.set('preflight', '');
    announced(asked).forEach((name) => query.append('header', name));
  }
  if (asked.credentials) {
    query.set('credentials', '');
  }
  if (ask) {
    query.set('ask', '');
  }
  return query;
}

export function foresee(question: Question, { preflight, request }: ExplanationReport): Foreseen {
  const { origin, asked } = question;
  const all: readonly Explanation[] = preflight === undefined ? [request] : [preflight, request];
  const routes = [...new Set(all.flatMap((each) => [...each.routes, ...each.paths]))];
  if (origin === location.origin) {
    return {
      story: undefined,
      notes: ['The page has the application’s own origin, so CORS does not apply.'],
      routes,
    };
  }
  if (asked.method === SOCKET) {
    return { story: undefined, notes: [handshakeNote(request), ...saidBy(request)], routes };
  }
  const open = all.find(({ verdict }) => verdict === 'undecided' || verdict === 'untouched');
  const refused = all.find(({ verdict }) => verdict === 'refused' || verdict === 'blocked');
  if (open !== undefined && (refused === undefined || all.indexOf(open) < all.indexOf(refused))) {
    return { story: undefined, notes: [openNote(open), ...saidBy(open)], routes };
  }
  const exchanges = exchangesOf(question, preflight, request);
  const isRead =
    (preflight === undefined || preflight.verdict === 'allowed') &&
    corsCheck(Object.entries(request.headers), asked, origin).passes;
  const outcome = isRead ? ({ read: true, status: APP_ANSWER, headers: [], body: '' } as const) : FAILED;
  const diagnosis = isRead ? undefined : all.find((each) => each.diagnosis !== undefined)?.diagnosis;
  return { story: tell({ asked, origin, exchanges, outcome, diagnosis }), notes: [], routes };
}

const APP_ANSWER = 'the answer';

function exchangesOf(
  { origin, asked }: Question,
  preflight: Explanation | undefined,
  request: Explanation,
): readonly Exchange[] {
  const exchanges: Exchange[] = [];
  if (preflight !== undefined) {
    const names = announced(asked);
    const headers: HeaderLine[] = [
      ['Origin', origin],
      ['Access-Control-Request-Method', asked.method],
      ...(names.length > 0 ? [['Access-Control-Request-Headers', names.join(',')] as const] : []),
    ];
    exchanges.push({ method: 'OPTIONS', headers, answer: answerOf(preflight) });
  }
  if (preflight === undefined || preflight.verdict === 'allowed') {
    const headers: HeaderLine[] = [['Origin', origin], ...Object.entries(asked.headers ?? {})];
    if (asked.credentials) {
      headers.push(['Cookie', '…']);
    }
    exchanges.push({ method: asked.method, headers, answer: answerOf(request) });
  }
  return exchanges;
}

function answerOf({ status, headers }: Explanation): NonNullable<Exchange['answer']> {
  const lines = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length');
  return status === undefined
    ? { status: 0, reason: APP_ANSWER, headers: lines }
    : { status, reason: REASONS[status] ?? '', headers: lines };
}

/** As browsers announce them: in lower case and in order. */
function announced(asked: Asked): string[] {
  return ownHeaders(asked)
    .map((name) => name.toLowerCase())
    .toSorted();
}

function saidBy({ diagnosis }: Explanation): string[] {
  return diagnosis === undefined
    ? []
    : [diagnosis.text, ...diagnosis.cures.map(({ place, code }) => `${place}: ${code}`)];
}

function handshakeNote({ verdict }: Explanation): string {
  switch (verdict) {
    case 'allowed':
      return 'The socket is opened.';
    case 'refused':
    case 'blocked':
      return 'The socket is refused with 403.';
    case 'untouched':
      return 'No policy applies: the application decides about this socket.';
    case 'undecided':
      return 'A function or a resolver decides about this socket.';
  }
}

function openNote({ verdict, candidates }: Explanation): string {
  if (verdict === 'untouched') {
    return 'No policy applies: the headers that the application itself sends decide whether the page may read the answer.';
  }
  return candidates.length === 0
    ? 'A function or a resolver decides about this origin. Select “run origin functions and resolvers”, and ask again.'
    : `It depends on the route that is reached: ${candidates.map(({ route, verdict }) => `${route}: ${verdict}`).join('; ')}.`;
}
