import { isArrayBuffer } from '../packages/node.js';
import type { PageRequestMode, RequestBody } from './fetch-request.js';
import { textOf, type WrittenRequest } from './request-input.js';

/**
 * The body of a request. Its type sets Content-Type, as in `fetch()`, unless the headers do. A stream requires
 * `duplex: 'half'`, always gets a preflight, and is sent to https URLs only.
 */
export type PageBody = string | URLSearchParams | FormData | Blob | ArrayBuffer | ArrayBufferView | ReadableStream;

/** @see https://fetch.spec.whatwg.org/#concept-bodyinit-extract */
export async function extractBody(
  { body, ownBody }: WrittenRequest,
  method: string,
): Promise<{ readonly body: RequestBody; readonly type: string | null }> {
  const given = body ?? (ownBody?.isEmpty === false ? ownBody : undefined);
  if (given !== undefined && (method === 'GET' || method === 'HEAD')) {
    throw new TypeError(`fetch() does not accept a body with ${method}`);
  }
  if (body === undefined || body === null) {
    // The headers of a Request name the type already.
    return { body: (await ownBody?.take()) ?? null, type: null };
  }
  if (body instanceof ReadableStream) {
    if (body.locked) {
      throw new TypeError('The stream in body is already locked to a reader');
    }
    return { body, type: null };
  }
  return extractBytes(body);
}

/** Node's own Response extracts by the same clause. */
async function extractBytes(body: unknown) {
  if (typeof body === 'object' && body !== null && Symbol.asyncIterator in body) {
    throw new TypeError('fetch() does not accept an async iterable as body: use a ReadableStream');
  }
  const extracted = new Response(ArrayBuffer.isView(body) ? copyOf(body) : isBodyInit(body) ? body : textOf(body));
  return { body: new Uint8Array(await extracted.arrayBuffer()), type: extracted.headers.get('content-type') };
}

function copyOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength).slice();
}

function isBodyInit(body: unknown): body is ArrayBuffer | Blob | FormData | URLSearchParams {
  return isArrayBuffer(body) || body instanceof Blob || body instanceof FormData || body instanceof URLSearchParams;
}

/**
 * @throws TypeError for what does not go with a stream.
 * @see https://fetch.spec.whatwg.org/#dom-request steps 38 to 41
 */
export function checkStream({ body, duplex, keepalive }: WrittenRequest, mode: PageRequestMode): void {
  if (body !== undefined && duplex !== 'half') {
    throw new TypeError("A stream as body requires duplex: 'half'");
  }
  if (keepalive) {
    throw new TypeError('A stream as body cannot be combined with keepalive: true');
  }
  if (mode === 'no-cors') {
    throw new TypeError('A stream as body cannot be combined with mode "no-cors"');
  }
}
