import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { bodyStream } from './body-stream.js';
import { decoded } from './content-coding.js';
import type { ReceivedMessage } from './exchange.js';
import { isStream } from './fetch-request.js';
import type { FetchTarget } from './fetch-target.js';
import { borrowTarget, remoteEndpoint } from './fetch-target.js';
import { type HeaderLine, toHeaders } from './header-list.js';
import { isLoopback } from './origin.js';
import { NetworkError } from './network-error.js';
import type { Endpoint } from './shared-server.js';
import type { NetworkResponse, OutgoingMessage, Transport } from './transport.js';

/** Which server answers for which origin. */
export interface Routes {
  readonly servers: ReadonlyMap<string, FetchTarget>;
  /** Whether other origins are requested on the real network; loopback ones always are. */
  readonly open: boolean;
}

/** The connections of one `fetch()`: opened at first use, closed when the last answer has been read. */
export class Network implements Transport {
  readonly #endpoints = new Map<string, Promise<Endpoint>>();
  readonly #bodies: IncomingMessage[] = [];

  constructor(
    private readonly routes: Routes,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async send(message: OutgoingMessage): Promise<NetworkResponse> {
    const { method, url, body } = message;
    const endpoint = await this.#endpointOf(url);
    this.signal?.throwIfAborted();
    if (isStream(body) && url.protocol !== 'https:') {
      throw new TypeError(`Browsers send a stream as body over HTTP/2 only, so to https URLs only, not to ${url}`);
    }
    try {
      const incoming = await this.#exchange(endpoint, message);
      this.#bodies.push(incoming);
      return receive(incoming);
    } catch (cause) {
      this.signal?.throwIfAborted();
      throw new NetworkError(`${method} ${url} got no answer`, { cause });
    }
  }

  /**
   * Sends the opening handshake of a socket. Where it is answered with 101 the socket is hung up at once: the answer is all
   * that is asked for.
   *
   * @throws TypeError where no server answers.
   */
  async handshake(message: OutgoingMessage): Promise<ReceivedMessage> {
    const endpoint = await this.#endpointOf(message.url);
    try {
      return await new Promise((resolve, reject) => {
        const outgoing = this.#open(endpoint, message);
        const conclude = (answer: IncomingMessage): void => {
          const { status, headers } = receive(answer);
          answer.socket.destroy();
          resolve({ status, headers });
        };
        outgoing.once('upgrade', conclude);
        outgoing.once('response', conclude);
        outgoing.on('error', reject);
        outgoing.end();
      });
    } catch (cause) {
      throw new TypeError(`The handshake with ${message.url} got no answer`, { cause });
    }
  }

  decoded({ body, headers }: NetworkResponse): AsyncIterable<Uint8Array> {
    return decoded(body, headers);
  }

  stream(bytes: AsyncIterable<Uint8Array>, context: Parameters<Transport['stream']>[1]): ReadableStream<Uint8Array> {
    return bodyStream(bytes, { ...context, release: () => this.close() });
  }

  targetOf({ origin }: URL): FetchTarget | undefined {
    return this.routes.servers.get(origin);
  }

  /** Closes open connections and returns the servers. */
  async close(): Promise<void> {
    const endpoints = [...this.#endpoints.values()];
    this.#endpoints.clear();
    for (const body of this.#bodies) {
      body.destroy();
    }
    for (const endpoint of await Promise.allSettled(endpoints)) {
      if (endpoint.status === 'fulfilled') {
        await endpoint.value.release();
      }
    }
  }

  #endpointOf(url: URL): Promise<Endpoint> {
    const known = this.#endpoints.get(url.origin) ?? this.#openEndpoint(url);
    this.#endpoints.set(url.origin, known);
    return known;
  }

  #openEndpoint(url: URL): Promise<Endpoint> {
    const target = this.routes.servers.get(url.origin);
    if (target !== undefined) {
      return borrowTarget(target);
    }
    if (this.routes.open || isLoopback(url)) {
      return Promise.resolve(remoteEndpoint(url));
    }
    const cure = `pageAt(…, { servers: { '${url.origin}': app } })`;
    return Promise.reject(new TypeError(`Nothing in this test serves ${url.origin}: name it in ${cure}`));
  }

  #exchange(endpoint: Endpoint, message: OutgoingMessage): Promise<IncomingMessage> {
    const { method, body } = message;
    return new Promise((resolve, reject) => {
      const outgoing = this.#open(endpoint, message);
      // Node upper-cases the method that it is given; a browser sends `patch` when the page says so.
      outgoing.method = method;
      outgoing.useChunkedEncodingByDefault = isStream(body);
      outgoing.once('response', resolve);
      outgoing.once('upgrade', (_answer, socket) => {
        socket.destroy();
        reject(new Error('The server answered 101 to a request without Upgrade'));
      });
      // It also hears what goes wrong after the answer has begun, which the body reports.
      outgoing.on('error', reject);
      if (isStream(body)) {
        upload(body, outgoing).catch((error: unknown) => {
          outgoing.destroy();
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      } else {
        outgoing.end(body ?? undefined);
      }
    });
  }

  #open({ protocol, host, port, verify }: Endpoint, { method, url, lines }: OutgoingMessage): ClientRequest {
    const { pathname, search } = url;
    const options = {
      host,
      port,
      method,
      path: pathname + search,
      headers: Object.fromEntries(lines),
      setHost: false,
      agent: false,
      ...(this.signal && { signal: this.signal }),
    };
    if (protocol === 'http:') {
      return requestHttp(options);
    }
    // Node would take the server's name from the Host header, which is the page's name for it.
    const servername = isIP(host) === 0 ? host : '';
    return requestHttps({ ...options, servername, rejectUnauthorized: verify });
  }
}

/** Sends a stream no faster than the server reads it. A chunk that is not a Uint8Array is an error, as in browsers. */
async function upload(body: ReadableStream<Uint8Array>, outgoing: ClientRequest): Promise<void> {
  const chunks: AsyncIterable<unknown> = body;
  for await (const chunk of chunks) {
    if (!(chunk instanceof Uint8Array)) {
      throw new TypeError('A stream as body must yield Uint8Arrays');
    }
    if (outgoing.destroyed) {
      return;
    }
    if (!outgoing.write(chunk)) {
      await writable(outgoing);
    }
  }
  outgoing.end();
}

/** Waits for room for more, or for the end of the connection. */
function writable(outgoing: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      outgoing.off('drain', settle);
      outgoing.off('close', settle);
      resolve();
    };
    outgoing.on('drain', settle);
    outgoing.on('close', settle);
    if (outgoing.destroyed) {
      settle();
    }
  });
}

function receive(incoming: IncomingMessage): NetworkResponse {
  const { rawHeaders, statusCode = 0, statusMessage = '' } = incoming;
  const lines: HeaderLine[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    lines.push([rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '']);
  }
  return { status: statusCode, statusText: statusMessage, headers: toHeaders(lines), body: incoming };
}
