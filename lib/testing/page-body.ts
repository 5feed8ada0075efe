import { types } from 'node:util';
import type { PageRequestMode, RequestBody } from './fetch-request.js';
import { textOf, type WrittenRequest } from './request-input.js';

/**
 * What a page can send. Its Content-Type follows from the kind, as in `fetch()`, unless the headers name one. A stream needs
 * `duplex: 'half'`, is always asked about with a preflight, and goes to https URLs only.
 */
export type PageBody = string | URLSearchParams | FormData | Blob | ArrayBuffer | ArrayBufferView | ReadableStream;

/** @see https://fetch.spec.whatwg.org/#concept-bodyinit-extract */
export async function extractBody(
  { body, ownBody }: WrittenRequest,
  method: string,
): Promise<{ readonly body: RequestBody; readonly type: string | null }> {
  const given = body ?? (ownBody?.isEmpty === false ? ownBody : undefined);
  if (given !== undefined && (method === 'GET' || method === 'HEAD')) {
    throw new TypeError(`fetch() refuses a body with ${method}`);
  }
  if (body === undefined || body === null) {
    // The headers of a Request name the type already.
    return { body: (await ownBody?.take()) ?? null, type: null };
  }
  if (body instanceof ReadableStream) {
    if (body.locked) {
      throw new TypeError('The stream that is the body is being read already');
    }
    return { body, type: null };
  }
  return extractBytes(body);
}

/** Node's own Response extracts by the same clause. */
async function extractBytes(body: unknown) {
  if (typeof body === 'object' && body !== null && Symbol.asyncIterator in body) {
    throw new TypeError('A page has no such body: make a ReadableStream of it');
  }
  const extracted = new Response(isBodyInit(body) ? body : textOf(body));
  return { body: new Uint8Array(await extracted.arrayBuffer()), type: extracted.headers.get('content-type') };
}

function isBodyInit(body: unknown): body is ArrayBuffer | NodeJS.ArrayBufferView | Blob | FormData | URLSearchParams {
  return (
    types.isArrayBuffer(body) ||
    ArrayBuffer.isView(body) ||
    body instanceof Blob ||
    body instanceof FormData ||
    body instanceof URLSearchParams
  );
}

/**
 * @throws TypeError for what does not go with a stream.
 * @see https://fetch.spec.whatwg.org/#dom-request steps 38 to 41
 */
export function checkStream({ body, duplex, keepalive }: WrittenRequest, mode: PageRequestMode): void {
  if (body !== undefined && duplex !== 'half') {
    throw new TypeError("A stream as body needs duplex: 'half'");
  }
  if (keepalive) {
    throw new TypeError('A stream as body does not go with keepalive: true');
  }
  if (mode === 'no-cors') {
    throw new TypeError('A stream as body does not go with mode "no-cors"');
  }
}
