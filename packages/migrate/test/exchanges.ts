/** One request to an application, and what it answered for CORS. */
export interface Exchange {
  readonly path: string;
  readonly origin?: string;
  readonly method: string;
  /** The method that a preflight asks about. */
  readonly asks?: string;
  /** The headers that it asks about. */
  readonly sends?: readonly string[];
  readonly answer: { readonly status: number; readonly headers: Readonly<Record<string, string>> };
}

/** What a browser makes of an answer: `blocked`, or what the page gets. */
export function verdictOf({ origin, method, asks, sends = [], answer: { status, headers } }: Exchange): string {
  const allowed = headers['access-control-allow-origin'];
  if (origin === undefined || (allowed !== origin && allowed !== '*')) {
    return 'blocked';
  }
  const credentials = headers['access-control-allow-credentials'] === 'true' && allowed !== '*';
  const shared = `readable${credentials ? ' with credentials' : ''}`;
  if (method !== 'OPTIONS') {
    return `${shared}, exposes ${headers['access-control-expose-headers'] ?? 'nothing'}`;
  }
  const names = (header: string): string[] => (headers[header] ?? '').toLowerCase().split(/\s*,\s*/);
  const passes =
    status >= 200 &&
    status < 300 &&
    (asks === 'GET' || names('access-control-allow-methods').includes(String(asks).toLowerCase())) &&
    sends.every((name) => names('access-control-allow-headers').includes(name));
  return passes ? `${shared}, for ${headers['access-control-max-age'] ?? '5'} s` : 'blocked';
}

/** The differences between two runs that docs/migrating.md does not name, each as a sentence. */
export function surprises(
  before: readonly Exchange[],
  after: readonly Exchange[],
  known: readonly RegExp[],
): readonly string[] {
  return before.flatMap((old, index) => {
    const now = after[index];
    if (now === undefined) {
      return ['there are fewer answers'];
    }
    const line = `${old.method} ${old.path}${old.asks ? ` for ${old.asks} with ${String(old.sends)}` : ''} from ${old.origin ?? 'nowhere'}: ${verdictOf(old)} → ${verdictOf(now)}`;
    return verdictOf(old) === verdictOf(now) || isDocumented(old) || known.some((pattern) => pattern.test(line))
      ? []
      : [line];
  });
}

/** "preflight for a method that has no handler: 204 → 403": no application here has a handler for DELETE. */
function isDocumented({ asks }: Exchange): boolean {
  return asks === 'DELETE';
}
