import { isPlainObject, ownOptions, withoutPrototype } from '../policy/model/own-keys.js';
import type { RequestBody } from './fetch-request.js';
import { resolveUrl } from './page-address.js';

/** The keys of the second argument of `fetch()`. @see https://fetch.spec.whatwg.org/#requestinit */
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

/** What a page wrote, not yet validated: the `Request`, overridden by the second argument. */
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
 * Merges the two arguments of `fetch()`.
 *
 * @throws TypeError for text that is not a URL, and for arguments of another type.
 * @see https://fetch.spec.whatwg.org/#dom-request
 */
export function readRequest(input: unknown, init: unknown, base: URL | string | undefined): WrittenRequest {
  const members = readMembers(init);
  if (members.window !== undefined && members.window !== null) {
    throw new TypeError('window must be null');
  }
  if (!isRequest(input)) {
    return withoutPrototype({
      ...members,
      url: resolveUrl(textOf(input, 'undefined'), base, 'fetch()'),
      ownBody: undefined,
    });
  }
  const { method, headers, mode, credentials, redirect, cache, integrity, keepalive, signal } = input;
  const { referrer, referrerPolicy } = input;
  const own = { method, headers, mode, credentials, redirect, cache, integrity, keepalive, signal };
  const isUnchanged = Object.keys(members).length === 0;
  return withoutPrototype({
    ...known(own),
    // A second argument resets the referrer to the page. @see https://fetch.spec.whatwg.org/#dom-request step 13
    ...(isUnchanged ? known({ referrer, referrerPolicy }) : {}),
    ...members,
    url: new URL(input.url),
    ownBody: members.body === undefined || members.body === null ? bodyOf(input) : undefined,
  });
}

/** Some members of a package's `Request` are missing or null. */
function known(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
}

/** Of a plain object only own keys count; an instance, such as a `Request`, may have getters of its class. */
function readMembers(init: unknown): Members {
  if (init === undefined || init === null) {
    return {};
  }
  if (typeof init !== 'object') {
    throw new TypeError('The second argument of fetch() must be an object');
  }
  const options: object = isPlainObject(init) ? ownOptions(init) : init;
  const pairs = MEMBERS.map((name) => [name, Reflect.get(options, name)] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

/** A `Request` of Node or of a package with its own class: judged by its members. */
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
  // Not every package's Request shows whether it has a body.
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
    throw new TypeError('The body of this Request has already been read: pass request.clone() instead');
  }
  const copy = withBytes(request);
  return copy === undefined ? request.body : takeBytes(copy);
}

/** A Request does not show whether its body was a stream. But only a stream is refused under `no-cors`. */
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

/** Converts other types to a string, as browsers do. */
export function textOf(value: unknown, otherwise = ''): string {
  // oxlint-disable-next-line typescript/no-base-to-string -- `[object Object]` is what a browser makes of it, too
  return value === undefined ? otherwise : String(value);
}
