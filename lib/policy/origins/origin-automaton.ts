/**
 * Every character that an origin can have outside of the hosts of `keepsHosts`, letters first: of several origins of one
 * length the one that reads best is shown.
 */
export const PLAIN_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789-_.:/+[]';

/** Every character that an origin can have. */
export const ORIGIN_ALPHABET = `${PLAIN_ALPHABET}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;

/**
 * An automaton that reads origins as browsers write them, one character at a time: what {@link isWellFormedOrigin}
 * says of whole texts, in a form that can run side by side with a regular expression.
 *
 * It accepts every well-formed origin, so what is proven of all that it accepts holds. It accepts a little more, to have
 * few states: labels and hosts of any length, octets up to 999, ports up to 99999, IPv6 addresses in any form, and the
 * default ports of rare schemes.
 *
 * It reads the letters of {@link PLAIN_ALPHABET}: where a state {@link OriginState.foldsCase}, they stand for upper case as well.
 */
export interface OriginState {
  /** A name for the state: states of one name are one. */
  readonly id: string;
  /** The host begins after this. */
  readonly beforeHost: boolean;
  /** A complete host ends here. */
  readonly afterHost: boolean;
  /** A complete origin ends here. */
  readonly complete: boolean;
  /** After the host: it is the machine itself, as `isLoopback` says. */
  readonly loopback: boolean;
  /** After the scheme: it is `https`. */
  readonly https: boolean;
  /** Upper case is possible here, and leads where lower case does: hosts that differ only in it are one owner's. */
  readonly foldsCase: boolean;
  /** The state after one more character; undefined where no origin goes on like this. */
  readonly next: Step;
}

type Step = (character: string) => OriginState | undefined;

/**
 * The schemes whose hosts are canonical, with the default ports that no origin writes; and the one scheme that has no
 * origins. All others keep their hosts, and are alike.
 */
const SCHEMES: ReadonlyMap<string, string> = new Map([
  ['https', '443'],
  ['http', '80'],
  ['ws', ''],
  ['wss', ''],
  ['ftp', ''],
  ['file', ''],
]);

const LOOPBACK_NAME = 'localhost';
const LOOPBACK_IPV6 = '::1';
const LOOPBACK_OCTET = '127';
/** States are few (about 300), and made when they are first asked for. */
const known = new Map<string, OriginState>();

const LETTERS = new Set('abcdefghijklmnopqrstuvwxyz');
const DIGITS = new Set('0123456789');
const IN_SCHEME = new Set([...LETTERS, ...DIGITS, '+', '.', '-']);
const IN_LABEL = new Set([...LETTERS, ...DIGITS, '_', '-']);
const IN_IPV6 = new Set('0123456789abcdef:');

function state(id: string, traits: Partial<OriginState>, step: Step): OriginState {
  const found = known.get(id);
  if (found !== undefined) {
    return found;
  }
  const nexts = new Map<string, OriginState | undefined>();
  const next: Step = (character) => {
    if (!nexts.has(character)) {
      nexts.set(character, step(character));
    }
    return nexts.get(character);
  };
  const flags = {
    beforeHost: false,
    afterHost: false,
    complete: false,
    loopback: false,
    https: false,
    foldsCase: false,
  };
  const made = Object.freeze<OriginState>({ ...flags, ...traits, id, next });
  known.set(id, made);
  return made;
}

/** In front of the scheme. */
export const ORIGIN_START: OriginState = state('start', {}, (character) =>
  LETTERS.has(character) ? inScheme(character) : undefined,
);

/** @param read - the scheme so far, or `*` once it can be none of {@link SCHEMES}. */
function inScheme(read: string): OriginState {
  const name = [...SCHEMES.keys()].some((scheme) => scheme.startsWith(read)) ? read : '*';
  return state(`scheme ${name}`, {}, (character) => {
    if (character === ':') {
      return name === 'file' ? undefined : afterScheme(name, '');
    }
    return IN_SCHEME.has(character) ? inScheme(name + character) : undefined;
  });
}

function afterScheme(name: string, slashes: string): OriginState {
  return state(`${name}:${slashes}`, {}, (character) => {
    if (character !== '/') {
      return undefined;
    }
    return slashes === ''
      ? afterScheme(name, '/')
      : hostStart({ https: name === 'https', port: SCHEMES.get(name) ?? '', keepsHosts: !SCHEMES.has(name) });
  });
}

/** What has to be remembered of the scheme: whether it is https, its default port, which no origin writes, and its hosts. */
interface Scheme {
  readonly https: boolean;
  readonly port: string;
  readonly keepsHosts: boolean;
}

const schemeId = ({ https, port, keepsHosts }: Scheme): string => (https ? 'https' : keepsHosts ? 'any' : `:${port}`);

function hostStart(scheme: Scheme): OriginState {
  const traits = { beforeHost: true, https: scheme.https, foldsCase: scheme.keepsHosts };
  return state(`${schemeId(scheme)} host`, traits, (character) => {
    if (character === '[') {
      return inIpv6(scheme, '');
    }
    if (scheme.keepsHosts) {
      return inKeptHost(scheme, '', character);
    }
    const ipv4 = octetWith({ dots: 0, octet: '', loopback: false }, character);
    return inLabel(scheme, '', character, ipv4);
  });
}

/**
 * Anything but the end of `localhost` is alike. Digits are a name there: neither `app://127.0.0.999` nor `app://127.0.0.1`
 * is the address of the machine itself.
 *
 * @param before - the last label as far as it may become {@link LOOPBACK_NAME}, with the dot at the end of a whole one, or `*`.
 */
function inKeptHost(scheme: Scheme, before: string, character: string): OriginState | undefined {
  if (character !== '.' && !IN_LABEL.has(character)) {
    return undefined;
  }
  const read = keptTail(before, character);
  const loopback = read === LOOPBACK_NAME || read === `${LOOPBACK_NAME}.`;
  const traits = { afterHost: true, complete: true, loopback, foldsCase: true };
  return state(`${schemeId(scheme)} kept ${read}`, traits, (next) =>
    next === ':' ? inPort(scheme, loopback, '') : inKeptHost(scheme, read, next),
  );
}

function keptTail(before: string, character: string): string {
  if (character === '.') {
    return before === LOOPBACK_NAME ? `${before}.` : '';
  }
  const label = (before.endsWith('.') ? '' : before) + character;
  return LOOPBACK_NAME.startsWith(label) ? label : '*';
}

/** @param read - `:`, `::` and `::1`, or `*` for anything else. */
function inIpv6(scheme: Scheme, read: string): OriginState {
  const text = read.length < 2 || LOOPBACK_IPV6.startsWith(read) ? read : '*';
  return state(`${schemeId(scheme)} [${text}`, { https: scheme.https }, (character) => {
    if (character === ']') {
      return text === '*' || text.length > 1 ? hostEnd(scheme, text === LOOPBACK_IPV6) : undefined;
    }
    return IN_IPV6.has(character) ? inIpv6(scheme, text + character) : undefined;
  });
}

function hostEnd(scheme: Scheme, loopback: boolean): OriginState {
  const traits = { afterHost: true, complete: true, loopback, https: scheme.https };
  return state(`${schemeId(scheme)} ] ${String(loopback)}`, traits, (character) =>
    character === ':' ? inPort(scheme, loopback, '') : undefined,
  );
}

/** Canonical octets with dots between them so far: the host may become an IPv4 address. */
interface Ipv4 {
  readonly dots: number;
  /** Of the octet being read what matters for the digits that may follow. */
  readonly octet: string;
  /** The first octet is 127. */
  readonly loopback: boolean;
}

/** @param before - the label's beginning, as {@link labelKind} shortens it. @param ipv4 - with the character read. */
function inLabel(scheme: Scheme, before: string, character: string, ipv4: Ipv4 | undefined): OriginState | undefined {
  if (!IN_LABEL.has(character)) {
    return undefined;
  }
  const kind = labelKind(before, character);
  const number = isNumber(kind);
  const address = ipv4?.dots === 3;
  const ends = address || !number;
  const loopback = address ? ipv4.loopback : kind === LOOPBACK_NAME;
  const id = `${schemeId(scheme)} ${kind} ${ipv4Id(ipv4)}`;
  const traits = { afterHost: ends, complete: ends, loopback: ends && loopback, https: scheme.https };
  return state(id, traits, (next) => {
    if (next === ':') {
      return ends ? inPort(scheme, loopback, '') : undefined;
    }
    return next === '.' ? afterDot(scheme, kind, dotted(ipv4)) : inLabel(scheme, kind, next, octetWith(ipv4, next));
  });
}

/**
 * After a dot, which may be the last of a fully qualified name: `example.com.` is another host than `example.com`. An
 * IPv4 address has none.
 */
function afterDot(scheme: Scheme, kind: string, ipv4: Ipv4 | undefined): OriginState {
  const number = isNumber(kind);
  const loopback = kind === LOOPBACK_NAME;
  const id = `${schemeId(scheme)} ${number ? '0' : loopback ? kind : ''}. ${ipv4Id(ipv4)}`;
  const traits = { afterHost: !number, complete: !number, loopback, https: scheme.https };
  return state(id, traits, (next) => {
    if (next === ':') {
      return number ? undefined : inPort(scheme, loopback, '');
    }
    return next === '.' ? undefined : inLabel(scheme, '', next, octetWith(ipv4, next));
  });
}

/**
 * What matters of a label: whether it is a number to the URL standard (`ends in a number checker`: digits, or `0x` and
 * hexadecimal digits), and whether it may become `localhost`.
 */
function labelKind(before: string, character: string): string {
  const label = before + character;
  if (LOOPBACK_NAME.startsWith(label) || label === '0' || label === '0x') {
    return label;
  }
  if (/^(?:0x|#)[0-9a-f]$/.test(label)) {
    return '#';
  }
  return /^[0-9]+$/.test(label) ? '1' : '*';
}

function isNumber(kind: string): boolean {
  return /^(?:0x?|1|#)$/.test(kind);
}

function ipv4Id(ipv4: Ipv4 | undefined): string {
  return ipv4 === undefined ? '' : `${ipv4.dots} ${ipv4.octet} ${String(ipv4.loopback)}`;
}

function dotted(ipv4: Ipv4 | undefined): Ipv4 | undefined {
  if (ipv4 === undefined || ipv4.dots === 3) {
    return undefined;
  }
  const loopback = ipv4.dots === 0 ? ipv4.octet === LOOPBACK_OCTET : ipv4.loopback;
  return { dots: ipv4.dots + 1, octet: '', loopback };
}

/** Octets have no leading zero, and up to three digits. */
function octetWith(ipv4: Ipv4 | undefined, character: string): Ipv4 | undefined {
  if (ipv4 === undefined || !DIGITS.has(character) || ipv4.octet === '0' || ipv4.octet.length === 3) {
    return undefined;
  }
  const octet = ipv4.octet + character;
  const first = ipv4.dots === 0 && LOOPBACK_OCTET.startsWith(octet);
  return { ...ipv4, octet: first || octet === '0' ? octet : '9'.repeat(octet.length) };
}

/** @param read - digits that may still become the default port stay as they are, of others only the length counts. */
function inPort(scheme: Scheme, loopback: boolean, read: string): OriginState {
  const complete = read !== '' && read !== scheme.port;
  const id = `${schemeId(scheme)} ${String(loopback)}:${read}`;
  return state(id, { complete, loopback, https: scheme.https }, (character) => {
    const port = read + character;
    if (!DIGITS.has(character) || port === '0' || port.length > 5) {
      return undefined;
    }
    return inPort(scheme, loopback, scheme.port.startsWith(port) ? port : '0'.repeat(port.length));
  });
}
