import type { BodyContext } from './body-stream.js';
import type { ReceivedMessage } from './exchange.js';
import type { RequestBody } from './fetch-request.js';
import type { FetchTarget } from './fetch-target.js';
import type { HeaderLine } from './header-list.js';

/** A message exactly as it is sent. */
export interface OutgoingMessage {
  readonly method: string;
  readonly url: URL;
  readonly lines: readonly HeaderLine[];
  readonly body: RequestBody;
}

/** The body of an answer, as it arrives. */
export interface ReceivedBody extends AsyncIterable<Uint8Array> {
  /** Receives it, though nobody reads it. */
  resume(): unknown;
}

/** An answer whose body is still to come. */
export interface NetworkResponse extends ReceivedMessage {
  readonly statusText: string;
  readonly body: ReceivedBody;
}

/**
 * What a fetch sends its messages through: the network, or something that answers in its place. The rules of fetching import
 * nothing of Node's, so that they can run in a real browser as well.
 */
export interface Transport {
  /**
   * Sends a message just as it is.
   *
   * @throws TypeError if no server answers, as `fetch()` does for every network error.
   */
  send(message: OutgoingMessage): Promise<NetworkResponse>;
  /** The body without its content codings. */
  decoded(response: NetworkResponse): AsyncIterable<Uint8Array>;
  /** The body as the page reads it. */
  stream(bytes: AsyncIterable<Uint8Array>, context: Omit<BodyContext, 'release'>): ReadableStream<Uint8Array>;
  /** The target that answers for a URL; undefined for a server on the real network. */
  targetOf(url: URL): FetchTarget | undefined;
}
