import { request } from 'node:http';
import { type Block, placeOf } from './blocks.js';

interface Message {
  /** The line of the page. */
  readonly line: number;
  /** `PUT /cats/1 HTTP/1.1`, `HTTP/1.1 204 No Content`. */
  readonly start: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | undefined;
}

export interface Exchange {
  readonly request: Message;
  readonly response: Message;
}

/** What a page may leave out of a response. All CORS headers have to be there. */
const HAS_TO_BE_SHOWN = /^(?:access-control-.*|vary)$/i;

/** The exchanges that an ```http block shows: requests, each followed by its response; a blank line before bodies and messages. */
export function exchangesIn(block: Block): Exchange[] {
  const messages: Message[] = [];
  let line = block.line;
  for (const part of block.code.split('\n\n')) {
    const [start = '', ...rest] = part.replace(/\n$/, '').split('\n');
    const before = messages.at(-1);
    if (/^(?:[A-Z]+ \S+ HTTP\/1\.1|HTTP\/1\.1 \d{3}\b.*)$/.test(start)) {
      const headers = rest.map((one): [string, string] => [one.split(':')[0] ?? '', one.replace(/^[^:]*: */, '')]);
      messages.push({ line, start, headers, body: undefined });
    } else if (before !== undefined) {
      messages[messages.length - 1] = { ...before, body: [before.body, part.trimEnd()].filter(Boolean).join('\n\n') };
    } else {
      throw new Error(`${placeOf(block)}: "${start}" is neither a request nor a response`);
    }
    line += part.split('\n').length + 1;
  }
  return pairs(block, messages);
}

function pairs(block: Block, messages: readonly Message[]): Exchange[] {
  const isResponse = ({ start }: Message): boolean => start.startsWith('HTTP/');
  const wrong = messages.find((message, index) => isResponse(message) !== (index % 2 === 1));
  if (wrong !== undefined || messages.length % 2 === 1 || messages.length === 0) {
    throw new Error(`${placeOf(block)}: write each request with its response after it`);
  }
  return messages.flatMap((message, index) => {
    const response = messages[index + 1];
    return index % 2 === 0 && response !== undefined ? [{ request: message, response }] : [];
  });
}

/** Sends the request, and returns what the page says otherwise than the server. */
export async function differencesOf({ request: asked, response: shown }: Exchange, port: number): Promise<string[]> {
  const { start, headers, body } = await send(asked, port);
  const differences = start === shown.start ? [] : [`"${start}" instead of "${shown.start}"`];
  for (const [name, value] of shown.headers) {
    const sent = valuesOf(headers, name);
    if (!sent.some((one) => matches(one, value))) {
      differences.push(`${name}: ${sent.join(' | ') || 'not sent'} instead of ${value}`);
    }
  }
  for (const [name, value] of headers) {
    if (HAS_TO_BE_SHOWN.test(name) && valuesOf(shown.headers, name).length === 0) {
      differences.push(`${name}: ${value} is not on the page`);
    }
  }
  if (shown.body !== undefined && !matches(body, shown.body)) {
    differences.push(`the body is ${body}`);
  }
  return differences;
}

function valuesOf(headers: Message['headers'], name: string): string[] {
  return headers.filter(([one]) => one.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

/** `…` on a page stands for any text. */
function matches(text: string, shown: string): boolean {
  const parts = shown.split('…').map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^]*')}$`).test(text);
}

function send({ start, headers, body }: Message, port: number): Promise<Omit<Message, 'line'> & { body: string }> {
  const [method = '', path = ''] = start.split(' ');
  return new Promise((resolve, reject) => {
    const sending = request({ host: '127.0.0.1', port, method, path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', reject);
      response.on('end', () => {
        const raw = response.rawHeaders;
        resolve({
          start: `HTTP/1.1 ${response.statusCode} ${response.statusMessage}`,
          headers: raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : [])),
          body: text,
        });
      });
    });
    sending.on('error', reject);
    for (const [name, value] of headers) {
      sending.setHeader(name, value);
    }
    sending.end(body);
  });
}
