import type { IncomingMessage } from 'node:http';
import type { ReadableStream as BodyStream } from 'node:stream/web';

/**
 * A body as it arrives, in the global class: what its module imports is loaded when a page first fetches.
 *
 * It is taken off the wire whether or not somebody reads it, so that a test which looks at the status
 * alone leaves no connection behind.
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

/** The body is there, or has failed already: the page hears nothing of a server that does not close. */
function end(done: () => Promise<void>): void {
  done().catch(() => undefined);
}
