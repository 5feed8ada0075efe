import { NetworkError } from './network-error.js';

/** How a body can end, other than with its last byte. */
export interface BodyContext {
  /** The message of the error when the connection is lost. */
  readonly description: string;
  readonly signal: AbortSignal | undefined;
  /** Called at least once: after the last byte, on an error, and when the page cancels or aborts. */
  release(): Promise<void>;
}

/**
 * A body as it arrives, in the global class: what its module imports is loaded when a page first fetches.
 *
 * It is received whether or not it is read, so that a test that looks only at the status leaves no connection
 * behind.
 *
 * @see https://fetch.spec.whatwg.org/#http-network-fetch steps 15 to 16
 */
export function bodyStream(bytes: AsyncIterable<Uint8Array>, context: BodyContext): ReadableStream<Uint8Array> {
  const { signal, release } = context;
  const settle = (): void => {
    // The page does not notice a server that does not close.
    release().catch(() => undefined);
  };
  return new ReadableStream({
    type: 'bytes',
    start(controller) {
      // A body that has arrived completely fails as well, unless it has been read to its end.
      signal?.addEventListener(
        'abort',
        () => {
          controller.error(signal.reason);
          settle();
        },
        { once: true },
      );
      // It never rejects, and is not awaited: the page gets its response while the body arrives.
      pump(bytes, controller, context).then(settle, settle);
    },
    cancel: release,
  });
}

/** After a cancel or an abort, enqueue() throws: that ends the loop, and error() then has no effect. */
async function pump(
  bytes: AsyncIterable<Uint8Array>,
  controller: ReadableByteStreamController,
  { signal, description }: BodyContext,
): Promise<void> {
  try {
    for await (const chunk of bytes) {
      // A copy: the stream transfers the memory of a chunk to the reader, and Node's buffers share theirs.
      controller.enqueue(new Uint8Array(chunk));
    }
    controller.close();
    controller.byobRequest?.respond(0);
  } catch (cause) {
    controller.error(signal?.aborted === true ? signal.reason : new NetworkError(description, { cause }));
  }
}
