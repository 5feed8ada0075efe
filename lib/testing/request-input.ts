import { isPlainObject, ownOptions } from '../policy/model/own-keys.js';
import type { RequestBody } from './fetch-request.js';
import { resolveUrl } from './page-address.js';

/** What can be said in the second argument of `fetch()`. @see https://fetch.spec.whatwg.org/#requestinit */
const MEMBERS = [
  'method',
  'headers',
  'body',
  'mode',
  'credentials',
  'redirect',
  'cache',
  'integrity',
  'keepalive',
  'referrer',
  'referrerPolicy',
  'signal',
  'duplex',
  'priority',
  'window',
] as const;

type Members = { readonly [Member in (typeof MEMBERS)[number]]?: unknown };

/** What a page wrote, unchecked: in a `Request`, and then in what is to be different. */
export interface WrittenRequest extends Members {
  readonly url: URL;
  /** The body of the `Request`; undefined where a body was written beside it, and where there is no `Request`. */
  readonly ownBody: OwnBody | undefined;
}

/** The body that a `Request` brings along. */
interface OwnBody {
  readonly isEmpty: boolean;
  take(): Promise<RequestBody>;
}

/**
 * Puts together the two arguments of `fetch()`.
 *
 * @throws TypeError for what is no URL, and for arguments of another kind.
 * @see https://fetch.spec.whatwg.org/#dom-request
 */
export function readRequest(input: unknown, init: unknown, base: URL | string | undefined): WrittenRequest {
  const members = readMembers(init);
  if (members.window !== undefined && members.window !== null) {
    throw new TypeError('window can be null and nothing else');
  }
  if (!isRequest(input)) {
    return { ...members, url: resolveUrl(textOf(input, 'undefined'), base, 'fetch()'), ownBody: undefined };
  }
  const { method, headers, mode, credentials, redirect, cache, integrity, keepalive, signal } = input;
  const { referrer, referrerPolicy } = input;
  const own = { method, headers, mode, credentials, redirect, cache, integrity, keepalive, signal };
  const isUnchanged = Object.keys(members).length === 0;
  return {
    ...known(own),
    // What is changed is sent by the page itself. @see https://fetch.spec.whatwg.org/#dom-request step 13
    ...(isUnchanged ? known({ referrer, referrerPolicy }) : {}),
    ...members,
    url: new URL(input.url),
    ownBody: members.body === undefined || members.body === null ? bodyOf(input) : undefined,
  };
}

/** A `Request` of a package leaves some of its members out, or null. */
function known(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
}

/** A plain object says what it says itself; an instance, of `Request` for one, also what its class says. */
function readMembers(init: unknown): Members {
  if (init === undefined || init === null) {
    return {};
  }
  if (typeof init !== 'object') {
    throw new TypeError('The second argument of fetch() is an object');
  }
  const options: object = isPlainObject(init) ? ownOptions(init) : init;
  const pairs = MEMBERS.map((name) => [name, Reflect.get(options, name)] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

/** One of Node's, or of a package that brings its own: what it has is what counts. */
function isRequest(input: unknown): input is Request {
  return (
    typeof input === 'object' &&
    input !== null &&
    !(input instanceof URL) &&
    ['url', 'method', 'headers', 'arrayBuffer'].every((name) => name in input)
  );
}

function bodyOf(request: Request): OwnBody {
  if (request instanceof Request) {
    return { isEmpty: request.body === null, take: () => takeBody(request) };
  }
  // Those of packages do not all show whether they have one.
  const { method }: { readonly method: string } = request;
  const isEmpty = /^(?:GET|HEAD)$/i.test(method);
  return { isEmpty, take: () => (isEmpty ? Promise.resolve(null) : takeBytes(request)) };
}

/** The body is used up, as in a page. */
async function takeBody(request: Request): Promise<RequestBody> {
  if (request.body === null) {
    return null;
  }
  if (request.bodyUsed || request.body.locked) {
    throw new TypeError('The body of this Request has been read: fetch() takes request.clone()');
  }
  const copy = withBytes(request);
  return copy === undefined ? request.body : takeBytes(copy);
}

/** A Request does not show whether its body was a stream. But a stream cannot be had under `no-cors`, and all else can. */
function withBytes(request: Request): Request | undefined {
  try {
    return new Request(request, { mode: 'no-cors', method: 'POST' });
  } catch {
    return undefined;
  }
}

async function takeBytes(request: Request): Promise<RequestBody> {
  return new Uint8Array(await request.arrayBuffer());
}

/** What is no string becomes one, as in browsers. */
export function textOf(value: unknown, otherwise = ''): string {
  // oxlint-disable-next-line typescript/no-base-to-string -- `[object Object]` is what a browser makes of it, too
  return value === undefined ? otherwise : String(value);
}
