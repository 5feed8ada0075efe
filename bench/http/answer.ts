/** The head of a response, as it was written. */
export interface Answer {
  readonly status: number;
  /** Names in lower case; in the order in which they were sent. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads a response from what was written to the socket. */
export function readAnswer(written: string): Answer {
  const [head = ''] = written.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { status: Number(statusLine.split(' ')[1]), headers };
}

/** What CORS is about: `access-control-*` and `vary`. */
export function corsHeaders({ headers }: Answer): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name === 'vary' || name.startsWith('access-control-')),
  );
}
