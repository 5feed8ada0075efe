import { connect } from 'node:net';

import { corsHeaders, type Answer } from './http-client.js';

/** Sends these bytes and returns every answer that came until the server closed the connection. */
export async function sendBytes(port: number, ...chunks: readonly (string | Buffer)[]): Promise<readonly Answer[]> {
  const received = await new Promise<Buffer>((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect({ host: '127.0.0.1', port }, () => {
      for (const chunk of chunks) {
        socket.write(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk);
      }
    });
    socket.on('data', (part) => parts.push(part));
    socket.once('close', () => resolve(Buffer.concat(parts)));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      // A server that answers and hangs up while we are still writing has answered.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') {
        reject(error);
      }
    });
  });
  return answersIn(received.toString('latin1'));
}

/** A request as text; `Connection: close` unless it says otherwise, so that the server ends the connection. */
export function requestText(line: string, ...headers: readonly string[]): string {
  const all = headers.some((header) => /^host:/i.test(header)) ? headers : ['Host: localhost', ...headers];
  const closing = all.some((header) => /^connection:/i.test(header)) ? all : [...all, 'Connection: close'];
  return [`${line} HTTP/1.1`, ...closing, '', ''].join('\r\n');
}

function answersIn(text: string): readonly Answer[] {
  const answers: Answer[] = [];
  let rest = text;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    const [statusLine = '', ...lines] = rest.slice(0, end).split('\r\n');
    const raw = lines.flatMap((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
    const headers: Record<string, string> = {};
    for (let index = 0; index < raw.length; index += 2) {
      headers[(raw[index] ?? '').toLowerCase()] = raw[index + 1] ?? '';
    }
    const { body, length } = bodyOf(rest.slice(end + 4), headers);
    answers.push({ status: Number(statusLine.split(' ')[1]), cors: corsHeaders(raw), headers, body });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
}

function bodyOf(text: string, headers: Readonly<Record<string, string>>): { body: string; length: number } {
  if (headers['transfer-encoding'] !== 'chunked') {
    const length = Number(headers['content-length'] ?? 0);
    return { body: text.slice(0, length), length };
  }
  let body = '';
  let at = 0;
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    at = lineEnd + 2;
    if (!(size > 0)) {
      return { body, length: at + 2 };
    }
    body += text.slice(at, at + size);
    at += size + 2;
  }
}
