/** A message to the server, as sent. */
export interface SentMessage {
  readonly method: string;
  /** As the page sees it. */
  readonly url: string;
  readonly headers: Headers;
}

/** The head of an answer, as received: nothing is hidden here. */
export interface ReceivedMessage {
  readonly status: number;
  readonly headers: Headers;
}

/**
 * One question to the server and its answer.
 *
 * ```ts
 * response.transcript.map(({ kind, request, response }) => `${kind} ${request.method} ${response?.status}`);
 * // ['preflight OPTIONS 204', 'request PUT 200']
 * ```
 */
export interface CorsExchange {
  readonly kind: 'preflight' | 'request' | 'handshake';
  /** True for a preflight that was not sent, because the preflight cache knew the answer. */
  readonly fromCache: boolean;
  readonly request: SentMessage;
  /** Null if the answer came from the preflight cache. */
  readonly response: ReceivedMessage | null;
}
