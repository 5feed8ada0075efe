import { normalizedPath, utf8OfHex, utf8OfLatin1 } from '../packages/node.js';
import { isUsual, plainPathname, usualPathname, type PathnameReader } from './request-target.js';

/** How the router of the server reads a request target, as far as it matters for `paths`. */
export interface TargetSettings {
  readonly caseSensitive: boolean;
  /** True where `/cats` and `/cats/` differ. */
  readonly strict: boolean;
  /** True where `//cats` is `/cats`. */
  readonly joinsSlashes: boolean;
  /** True where the path ends before a `;`. */
  readonly cutsAtSemicolon: boolean;
  readonly readUnusual: PathnameReader;
}

/** If no server is known: as Express reads by default. */
export const DEFAULT_TARGET_SETTINGS: TargetSettings = Object.freeze({
  caseSensitive: false,
  strict: false,
  joinsSlashes: false,
  cutsAtSemicolon: false,
  readUnusual: plainPathname,
});

/** What some server may read differently: escapes, `;`, `\`, `#`, double slashes, dot segments, all beyond printable ASCII. */
const READ_DIFFERENTLY = /[^!-~]|[%;\\#]|\/\/|\.(?:\/|$)/;

/** The path of a target that every server reads alike, except for letter case and a slash at its end; undefined for any other. */
export function plainPathOf(target: string): string | undefined {
  const pathname = usualPathname(target);
  return pathname.startsWith('/') && !READ_DIFFERENTLY.test(pathname) ? pathname : undefined;
}

/**
 * The paths that the server itself reads in a target: like its router, which does not decode (or has to be assumed not to),
 * and like the code behind the router: decoded once, with single slashes and without dot segments.
 */
export function nearReadings(target: string, settings: TargetSettings): readonly string[] {
  const pathname = serverPathname(target, settings);
  const asSent = decodedWhereBrowsersEncode(pathname);
  const served = normalized(decoded(pathname));
  return asSent === served ? [asSent] : [asSent, served];
}

/** The limit for the characters of all readings of one target: no honest target has more. */
const MOST_CHARACTERS = 30_000;
/** An escape within an escape is the deepest that is decoded. */
const ROUNDS = 3;

/**
 * The paths that other code may read in a target: a proxy's upstream, a file system, a custom handler. They decode
 * again, take `;x` away or end the path there, read `//host` as a host, `#` as a fragment or not, end at NUL, drop dots and
 * spaces at the end of a name (Windows), fold compatible characters (`／` is `/`), and read the raw bytes as UTF-8; each before
 * or after the others.
 *
 * Undefined for a target that is crafted to have too many: it may be read in any way.
 */
export function farReadings(target: string, settings: TargetSettings): ReadonlySet<string> | undefined {
  const sent = usualPathname(target);
  const found = new Set<string>();
  let characters = 0;
  let round = new Set([sent, serverPathname(target, settings), utf8OfLatin1(sent)]);
  for (let rounds = 0; rounds < ROUNDS; rounds += 1) {
    const next = new Set<string>();
    for (const spelling of round) {
      for (const variant of variantsOf(spelling)) {
        const trimmed = HAS_VARIANTS.test(variant) ? trimmedSegments(variant) : variant;
        found.add(trimmed);
        if (trimmed !== variant || HAS_VARIANTS.test(trimmed)) {
          found.add(trimmed.replaceAll('\\', '/'));
          found.add(normalizedPath(`/${trimmed}`));
        }
        characters += variant.length;
        if (characters > MOST_CHARACTERS) {
          return undefined;
        }
        if (variant.includes('%')) {
          next.add(decoded(variant));
        }
      }
    }
    round = next;
  }
  return found;
}

/** Without any of these there is only one reading until it is decoded: saves honest targets, `/my%20file`, all the rest. */
const HAS_VARIANTS = /[;\\#?]|[^ -~]|\/\/|[. ](?:\/|$)|^(?!\/)/;

/** The readings of a spelling without another decoding. */
function variantsOf(spelling: string): Iterable<string> {
  if (!HAS_VARIANTS.test(spelling)) {
    return [spelling];
  }
  const text = spelling.normalize('NFKC').replaceAll(/[\t\n\r]/g, '');
  const variants = new Set<string>();
  for (const slashed of new Set([text, text.replaceAll('\\', '/')])) {
    const withoutQuery = endedAt(endedAt(slashed, '\0'), '?');
    for (const ended of new Set([slashed, endedAt(slashed, '#'), withoutQuery, endedAt(withoutQuery, '#')])) {
      for (const plain of new Set([ended, ended.replaceAll(/;[^/]*/g, ''), endedAt(ended, ';')])) {
        for (const pathname of new Set([
          plain,
          plain.replace(AUTHORITY, ''),
          plain.replace(SCHEME_AND_AUTHORITY, ''),
        ])) {
          variants.add(pathname);
          variants.add(normalizedPath(`/${pathname}`));
        }
      }
    }
  }
  return variants;
}

/** Folds letters of any case and of any width. */
export function foldedCase(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** Decodes every valid escape and leaves the others: one bad escape must not hide the good ones beside it. */
export function decoded(text: string): string {
  return text.includes('%')
    ? text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => utf8OfHex(run.replaceAll('%', '')))
    : text;
}

/** The characters that browsers leave as they are in a path, and `\`. */
const SENT_AS_THEY_ARE = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/[\]\\]$/;

/** Encodes a path in plain text as browsers send it. Throws if the text holds half of a character. */
export function encodedAsBrowsersDo(text: string): string {
  return Array.from(text, (char) => (SENT_AS_THEY_ARE.test(char) ? char : encodeURIComponent(char))).join('');
}

/** Decodes what browsers encode, so that `/caf%C3%A9` is `/café`; `%61` and `%2f` stay: no browser sends them by itself. */
function decodedWhereBrowsersEncode(text: string): string {
  return text.includes('%')
    ? text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) =>
        Array.from(decoded(run), (char) => (SENT_AS_THEY_ARE.test(char) ? escapeOf(char) : char)).join(''),
      )
    : text;
}

function escapeOf(char: string): string {
  return `%${char.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`;
}

const SCHEME_AND_AUTHORITY = /^[a-z][a-z\d+.-]*:[/\\]*[^/\\]*/i;
const AUTHORITY = /^\/{2,}[^/]*/;

function serverPathname(target: string, settings: TargetSettings): string {
  const { joinsSlashes, cutsAtSemicolon, readUnusual } = settings;
  const read = isUsual(target) ? usualPathname(target) : (readUnusual(target) ?? plainPathname(target));
  const pathname = cutsAtSemicolon ? endedAt(read, ';') : read;
  return joinsSlashes ? pathname.replaceAll(/\/{2,}/g, '/') : pathname;
}

/** Dot segments last, as static-file middleware does: `%2e%2fadmin` is one segment to a browser, but `/admin` once decoded. */
function normalized(pathname: string): string {
  return normalizedPath(`/${pathname.replaceAll('\\', '/')}`);
}

function endedAt(text: string, end: string): string {
  const at = text.indexOf(end);
  return at === -1 ? text : text.slice(0, at);
}

function trimmedSegments(pathname: string): string {
  return pathname.split('/').map(trimmedSegment).join('/');
}

/** `admin. .` is `admin` to Windows; `..` stays. */
function trimmedSegment(segment: string): string {
  let end = segment.length;
  while (end > 0 && (segment[end - 1] === '.' || segment[end - 1] === ' ')) {
    end -= 1;
  }
  return end === 0 ? segment.trimEnd() : segment.slice(0, end);
}
