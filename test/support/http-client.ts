import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';

/** A request, down to what a browser would not send. */
export interface Asked {
  readonly method?: string;
  /** The request target as it goes over the wire: with a query, encoded or not, in absolute form. */
  readonly path?: string;
  readonly origin?: string | undefined;
  /** Access-Control-Request-Method. */
  readonly requestMethod?: string | undefined;
  /** Access-Control-Request-Headers. */
  readonly requestHeaders?: string | undefined;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  /** All `access-control-*` headers and `vary`, in lower case, and nothing else. A header that came twice shows as a list. */
  readonly cors: Readonly<Record<string, string | readonly string[]>>;
  /** All headers, as Node joins them. */
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** No connection is kept: what one request leaves behind must not reach the next. */
const agent = new Agent({ keepAlive: false });

export async function send(port: number, asked: Asked = {}): Promise<Answer> {
  const response = await head(port, asked);
  let body = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    body += chunk;
  }
  return { status: response.statusCode ?? 0, cors: corsHeaders(response.rawHeaders), headers: response.headers, body };
}

/** The head of an answer, for one that does not end. */
export async function sendForHead(port: number, asked: Asked): Promise<Omit<Answer, 'body'>> {
  const response = await head(port, asked);
  response.destroy();
  return { status: response.statusCode ?? 0, cors: corsHeaders(response.rawHeaders), headers: response.headers };
}

/** The CORS headers of a raw list of names and values. */
export function corsHeaders(raw: readonly string[]): Answer['cors'] {
  const found: Record<string, string | readonly string[]> = {};
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    if (name === 'vary' || name.startsWith('access-control-')) {
      const value = raw[index + 1] ?? '';
      const before = found[name];
      found[name] = before === undefined ? value : [before, value].flat();
    }
  }
  return found;
}

async function head(port: number, asked: Asked): Promise<IncomingMessage> {
  const { method = 'GET', path = '/', body } = asked;
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port, method, path, agent, headers: headersOf(asked) });
    outgoing.once('response', resolve).once('error', reject);
    outgoing.end(body);
  });
}

function headersOf({
  origin,
  requestMethod,
  requestHeaders,
  host,
  headers,
  body,
}: Asked): Record<string, string | string[]> {
  const known = {
    host,
    origin: origin === undefined ? undefined : onTheWire(origin),
    'access-control-request-method': requestMethod === undefined ? undefined : onTheWire(requestMethod),
    'access-control-request-headers': requestHeaders === undefined ? undefined : onTheWire(requestHeaders),
    'content-length': body === undefined ? undefined : String(Buffer.byteLength(body)),
  };
  const given = Object.entries({ ...known, ...headers }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Record<string, string | string[]>;
}

/** Node's client takes Latin-1 only, one character a byte: so the bytes of the text's UTF-8. */
function onTheWire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
