import type { IncomingMessage } from 'node:http';
import type { ReadableStream as BodyStream } from 'node:stream/web';

/**
 * A body as it arrives, in the global class: what its module imports is loaded when a page first fetches.
 *
 * It is received whether or not it is read, so that a test that looks only at the status leaves no connection
 * behind.
 *
 * @param done called once: after the last byte, on an error, or when the page cancels.
 */
export function bodyStream(incoming: IncomingMessage, done: () => Promise<void>): BodyStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      incoming.on('data', (chunk: Buffer) => controller.enqueue(new Uint8Array(chunk)));
      incoming.once('end', () => {
        controller.close();
        end(done);
      });
      incoming.once('error', (error) => {
        controller.error(error);
        end(done);
      });
    },
    cancel: done,
  });
}

/** The body has arrived or failed already: the page does not notice a server that does not close. */
function end(done: () => Promise<void>): void {
  done().catch(() => undefined);
}
