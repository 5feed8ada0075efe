/** Sends a page's request to the application by the rules of `pageAt()`, and keeps what went over the wire. */
import { reportingTarget } from './diagnosis.js';
import type { CorsDiagnosis } from '../../../lib/policy/diagnosis/diagnosis.js';
import { Browser } from '../../../lib/testing/browser.js';
import { CorsBlockedError } from '../../../lib/testing/cors-blocked.error.js';
import type { CorsBlockedStep } from '../../../lib/testing/cors-failure.js';
import { Fetching } from '../../../lib/testing/fetching.js';
import type { FetchRequest } from '../../../lib/testing/fetch-request.js';
import { toHeaders, type HeaderLine } from '../../../lib/testing/header-list.js';
import { frontPage } from '../../../lib/testing/page-address.js';
import { createRequest } from '../../../lib/testing/page-request.js';
import { parseOrigin } from '../../../lib/testing/origin.js';
import type { NetworkResponse, OutgoingMessage, Transport } from '../../../lib/testing/transport.js';
import type { FetchCall } from '../code/fetch-call.js';
import type { Application } from './application.js';
import { answer, type ServerAnswer } from './server.js';

export interface Question {
  /** The origin of the page. */
  readonly origin: string;
  readonly call: FetchCall;
  /** A `Set-Cookie` line of the API, which the browser got earlier; empty for none. */
  readonly cookie: string;
}

/** A message and its answer, to the letter. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly lines: readonly HeaderLine[];
  readonly answer: ServerAnswer;
}

export interface Outcome {
  readonly request: FetchRequest;
  readonly sent: readonly Sent[];
  /** What the page may read; undefined where the browser blocks the answer. */
  readonly read: Readable | undefined;
  readonly blocked: Blocked | undefined;
}

export interface Readable {
  readonly type: string;
  readonly status: number;
  readonly headers: readonly HeaderLine[];
  readonly body: string;
}

export interface Blocked {
  readonly step: CorsBlockedStep;
  readonly message: string;
  readonly diagnosis: CorsDiagnosis | undefined;
  readonly fix: string | undefined;
}

/** @throws TypeError for what `fetch()` refuses to send, and for an origin or a cookie that is none. */
export async function exchange(application: Application, question: Question): Promise<Outcome> {
  const address = frontPage(parseOrigin(question.origin));
  const { url, init } = question.call;
  const { request } = await createRequest(address, url, init, address.url);
  const browser = new Browser({});
  giveCookie(browser, question.cookie, request.url);
  const transport = new Wire(application);
  try {
    const response = await new Fetching(browser, transport, undefined).run(request);
    const read = {
      type: response.type,
      status: response.status,
      headers: [...response.headers],
      body: await response.text(),
    };
    return { request, sent: transport.sent, read, blocked: undefined };
  } catch (error) {
    if (!(error instanceof CorsBlockedError)) {
      throw error;
    }
    const { step, message, diagnosis, fix } = error;
    return { request, sent: transport.sent, read: undefined, blocked: { step, message, diagnosis, fix } };
  }
}

function giveCookie({ cookies }: Browser, line: string, url: URL): void {
  const refused = line.trim() === '' ? null : cookies.store(line, url, { page: url.origin, navigation: 'GET' });
  if (refused !== null) {
    throw new TypeError(`The browser refuses the cookie ${JSON.stringify(line)}: ${refused}`);
  }
}

/** Stands in for the network, and for the application in the eyes of `CorsBlockedError`. */
class Wire implements Transport {
  readonly sent: Sent[] = [];
  readonly #target;

  constructor(private readonly application: Application) {
    this.#target = reportingTarget(application);
  }

  async send({ method, url, lines }: OutgoingMessage): Promise<NetworkResponse> {
    const path = url.pathname + url.search;
    const headers = Object.fromEntries(lines.map(([name, value]) => [name.toLowerCase(), value]));
    const answered = answer(this.application, { method, url: path, headers });
    this.sent.push({ method, path, lines, answer: answered });
    const bytes = new TextEncoder().encode(answered.body);
    const body = { resume: () => undefined, [Symbol.asyncIterator]: () => once(bytes) };
    return { status: answered.status, statusText: '', headers: toHeaders(answered.headers), body };
  }

  decoded({ body }: NetworkResponse): AsyncIterable<Uint8Array> {
    return body;
  }

  stream(bytes: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
    return new ReadableStream({
      async start(controller) {
        for await (const chunk of bytes) {
          controller.enqueue(chunk);
        }
        controller.close();
      },
    });
  }

  targetOf(): ReturnType<Transport['targetOf']> {
    return this.#target;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength > 0) {
    yield bytes;
  }
}
