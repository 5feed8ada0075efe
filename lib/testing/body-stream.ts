import { NetworkError } from './network-error.js';

/** How a body can end, other than with its last byte. */
export interface BodyContext {
  /** The message of the error when the connection is lost. */
  readonly description: string;
  readonly signal: AbortSignal | undefined;
  /** Called at least once: after the last byte, on an error, and when the page cancels or aborts. */
  release(): Promise<void>;
}

/** How many bytes are received that nobody reads: more than the answers of tests have, and little enough to hold. */
const MOST_UNREAD = 16 * 2 ** 20;

/**
 * A body as it arrives, in the global class: what its module imports is loaded when a page first fetches.
 *
 * It is received whether or not it is read, so that a test that looks only at the status leaves no connection
 * behind. Only a body that is too large for that waits to be read.
 *
 * @see https://fetch.spec.whatwg.org/#http-network-fetch steps 15 to 16
 */
export function bodyStream(bytes: AsyncIterable<Uint8Array>, context: BodyContext): ReadableStream<Uint8Array> {
  const { signal, release } = context;
  const settle = (): void => {
    // The page does not notice a server that does not close.
    release().catch(() => undefined);
  };
  let goOn = (): void => undefined;
  const room = (): Promise<void> =>
    new Promise((resolve) => {
      goOn = resolve;
    });
  return new ReadableStream(
    {
      type: 'bytes',
      start(controller) {
        // A body that has arrived completely fails as well, unless it has been read to its end.
        signal?.addEventListener(
          'abort',
          () => {
            controller.error(signal.reason);
            goOn();
            settle();
          },
          { once: true },
        );
        // It never rejects, and is not awaited: the page gets its response while the body arrives.
        pump(bytes, controller, context, room).then(settle, settle);
      },
      pull: () => goOn(),
      cancel() {
        goOn();
        return release();
      },
    },
    { highWaterMark: MOST_UNREAD },
  );
}

/** After a cancel or an abort, enqueue() throws: that ends the loop, and error() then has no effect. */
async function pump(
  bytes: AsyncIterable<Uint8Array>,
  controller: ReadableByteStreamController,
  { signal, description }: BodyContext,
  room: () => Promise<void>,
): Promise<void> {
  try {
    for await (const chunk of bytes) {
      // A copy: the stream transfers the memory of a chunk to the reader, and Node's buffers share theirs.
      controller.enqueue(new Uint8Array(chunk));
      if ((controller.desiredSize ?? 0) <= 0) {
        await room();
      }
    }
    controller.close();
    controller.byobRequest?.respond(0);
  } catch (cause) {
    controller.error(signal?.aborted === true ? signal.reason : new NetworkError(description, { cause }));
  }
}
