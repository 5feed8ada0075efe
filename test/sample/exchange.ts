/** One request over the wire, with exactly the headers given, and the part of the answer that CORS is about. */
import { request } from 'node:http';

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number | undefined;
  /** All Access-Control-* headers, and Vary. */
  readonly cors: Readonly<Record<string, string | string[] | undefined>>;
  readonly cookies: readonly string[];
  readonly type: string | undefined;
  readonly body: string;
}

export function exchange(origin: string, { method, path, headers, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, origin), { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('error', reject);
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const cors = Object.entries(response.headers).filter(([name]) => /^(?:access-control-.*|vary)$/.test(name));
        resolve({
          status: response.statusCode,
          cors: Object.fromEntries(cors),
          cookies: response.headers['set-cookie'] ?? [],
          type: response.headers['content-type'],
          body: text,
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
