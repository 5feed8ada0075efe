import { NetworkError } from './network.js';

/** What a body has to do with besides its bytes. */
export interface BodyContext {
  /** What to say when the server breaks off. */
  readonly description: string;
  readonly signal: AbortSignal | undefined;
  /** Called once or more: after the last byte, on an error, and when the page cancels or aborts. */
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
    // The page hears nothing of a server that does not close.
    release().catch(() => undefined);
  };
  return new ReadableStream({
    type: 'bytes',
    start(controller) {
      // Also a body that is all there fails, unless it has been read to its end.
      signal?.addEventListener(
        'abort',
        () => {
          controller.error(signal.reason);
          settle();
        },
        { once: true },
      );
      // It never rejects, and nothing waits for it: the page gets its response while the body is coming.
      pump(bytes, controller, context).then(settle, settle);
    },
    cancel: release,
  });
}

/** Once the page has cancelled, the stream takes no more: the error ends the loop, and tells nobody. */
async function pump(
  bytes: AsyncIterable<Uint8Array>,
  controller: ReadableByteStreamController,
  { signal, description }: BodyContext,
): Promise<void> {
  try {
    for await (const chunk of bytes) {
      // A copy: the stream gives away the memory behind what it is given, and Node's buffers share theirs.
      controller.enqueue(new Uint8Array(chunk));
    }
    controller.close();
    controller.byobRequest?.respond(0);
  } catch (cause) {
    controller.error(signal?.aborted === true ? signal.reason : new NetworkError(description, { cause }));
  }
}
