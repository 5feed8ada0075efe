/** What is in the fields, and how it stands in the address: readable, and the same for everybody who opens the link. */
export interface State {
  /** The code of the application. */
  readonly application: string;
  /** The origin of the page. */
  readonly origin: string;
  /** The page's call of `fetch()`, as code. */
  readonly fetch: string;
  /** A `Set-Cookie` line that the browser got from the API; empty for none. */
  readonly cookie: string;
}

/** Of the link, to be raised when its fields change their meaning. */
const VERSION = '1';

/** A longer address is not one of this page. */
const LONGEST = 200_000;

/** `#v=1&origin=…&app=…&fetch=…` */
export function writeState({ application, origin, fetch, cookie }: State): string {
  const fields = { v: VERSION, origin, app: application, fetch, ...(cookie !== '' && { cookie }) };
  // What need not be encoded in a fragment is left readable.
  const encode = (text: string): string =>
    encodeURIComponent(text).replaceAll(/%(?:2F|3A|40|24|2C|3B|20)/g, (code) =>
      code === '%20' ? '+' : decodeURIComponent(code),
    );
  return `#${Object.entries(fields)
    .map(([key, value]) => `${key}=${encode(value)}`)
    .join('&')}`;
}

/** What an address asks for; of junk nothing. */
export type Asked =
  | { readonly kind: 'state'; readonly state: State }
  | { readonly kind: 'preset'; readonly id: string }
  | { readonly kind: 'other-version' }
  | { readonly kind: 'nothing' };

export function readState(hash: string): Asked {
  const fields = new URLSearchParams(hash.length > LONGEST ? '' : hash.replace(/^#/, ''));
  const preset = fields.get('preset');
  if (preset !== null) {
    return { kind: 'preset', id: preset };
  }
  const [version, application, origin, fetch] = ['v', 'app', 'origin', 'fetch'].map(
    (name) => fields.get(name) ?? undefined,
  );
  if (version !== undefined && version !== VERSION) {
    return { kind: 'other-version' };
  }
  if (version === undefined || application === undefined || origin === undefined || fetch === undefined) {
    return { kind: 'nothing' };
  }
  return { kind: 'state', state: { application, origin, fetch, cookie: fields.get('cookie') ?? '' } };
}
