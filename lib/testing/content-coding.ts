import { pipeline, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { splitList } from './header-list.js';
import { NetworkError } from './network-error.js';

type Bytes = AsyncIterable<Uint8Array>;

const CODINGS: ReadonlySet<string> = new Set(['gzip', 'x-gzip', 'deflate', 'br']);

/** As many as undici takes: each takes memory, and a server may name thousands. */
const MOST_CODINGS = 5;

/**
 * A body without its content codings. Requests ask for none, but a server may use them all the same, and a browser decodes
 * those it knows. If it does not know one of them, the body stays as it is.
 *
 * @throws TypeError if there are too many, which is a network error.
 * @see https://fetch.spec.whatwg.org/#handle-content-codings
 */
export function decoded(body: Bytes, headers: Headers): Bytes {
  const codings = splitList(headers.get('content-encoding') ?? '').map((coding) => coding.toLowerCase());
  if (codings.length > MOST_CODINGS) {
    throw new NetworkError(
      `The response has ${codings.length} content codings, and at most ${MOST_CODINGS} are decoded`,
    );
  }
  if (!codings.every((coding) => CODINGS.has(coding))) {
    return body;
  }
  return codings.reduceRight(unpacked, body);
}

/** An empty body is an empty body in every coding. */
async function* unpacked(packed: Bytes, coding: string): AsyncGenerator<Uint8Array> {
  const chunks = packed[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) {
    return;
  }
  const decoder = decoderFor(coding, first.value);
  // Errors are passed on to the decoder, which throws them below.
  pipeline(joined(first.value, chunks), decoder, () => undefined);
  yield* decoder;
}

async function* joined(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    yield next.value;
  }
}

function decoderFor(coding: string, start: Uint8Array): Transform {
  switch (coding) {
    case 'br':
      return createBrotliDecompress();
    case 'deflate':
      // Some servers omit the zlib header, and browsers accept that.
      return ((start[0] ?? 0) & 0x0f) === 0x08 ? createInflate() : createInflateRaw();
    default:
      return createGunzip();
  }
}
