import { utf8OfHex, utf8OfLatin1 } from '../packages/node.js';
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

/**
 * What some server may read differently: escapes, `;`, `\`, `#`, double slashes, dot segments, a Windows stream (`cats::$DATA`),
 * and all beyond printable ASCII.
 */
const READ_DIFFERENTLY = /[^!-~]|[%;\\#]|:\$|\/\/|\.(?:\/|$)/;

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

/** The limits for all readings of one target together: no honest target has more. */
const MOST_CHARACTERS = 30_000;
const MOST_READINGS = 300;

const SCHEME_AND_AUTHORITY = /^[a-z][a-z\d+.-]*:[/\\]*[^/\\]*/i;

/** Controls, and characters that nobody sees: zero-width space, soft hyphen. */
const INVISIBLE = /[\p{Cc}\p{Cf}]/gu;

/** What one reader or another does to a path. */
const STEPS: readonly ((text: string) => string)[] = [
  decoded,
  decodedWithoutSlashes,
  // To a URL parser, `%2e%2e` is `..`, and other escapes stay.
  (text) => text.replaceAll(/%2e/gi, '.'),
  // Compatible characters are folded: `／` is `/`.
  (text) => text.normalize('NFKC'),
  // URL parsers and some file systems take these away, and spaces at the ends.
  (text) => text.replaceAll(INVISIBLE, '').trim(),
  (text) => text.replaceAll('\\', '/'),
  (text) => endedAt(text, '\0'),
  (text) => endedAt(text, '?'),
  (text) => endedAt(text, '#'),
  (text) => endedAt(text, ';'),
  (text) => text.replaceAll(/;[^/]*/g, ''),
  // `//read/as/a/host`, `http://host/path`
  (text) => text.replace(/^\/{2,}[^/]*/, ''),
  (text) => text.replace(SCHEME_AND_AUTHORITY, ''),
  joinedSlashes,
  // Also where double slashes stay: `/a//..` is `/a/` to a URL parser.
  withoutDotSegments,
  (text) => text.split('/').map(onWindows).join('/'),
];

/**
 * The paths that other code may read in a target: a proxy's upstream, a file system, a custom handler. Each step may come before
 * or after the others, and more than once: escapes may stand within escapes.
 *
 * Undefined for a target that is crafted to have too many: it may be read in any way.
 */
export function farReadings(target: string, settings: TargetSettings): ReadonlySet<string> | undefined {
  const sent = usualPathname(target);
  const found = new Set([sent, serverPathname(target, settings), utf8OfLatin1(sent)]);
  let characters = 0;
  // The loop comes to what is added meanwhile as well.
  for (const text of found) {
    characters += text.length;
    if (characters > MOST_CHARACTERS || found.size > MOST_READINGS) {
      return undefined;
    }
    for (const step of STEPS) {
      found.add(step(text));
    }
  }
  return found;
}

/** Folds letters of any case and of any width. Upper case comes last: it does not depend on what stands beside a letter. */
export function foldedCase(text: string): string {
  return text.normalize('NFKC').toLowerCase().toUpperCase();
}

/** Decodes every valid escape and leaves the others: one bad escape must not hide the good ones beside it. */
export function decoded(text: string): string {
  return text.includes('%') ? text.replaceAll(/(?:%[0-9a-f]{2})+/gi, decodedRun) : text;
}

/** Leaves `%2f` and `%5c`, as some servers do: Tomcat, Envoy. */
function decodedWithoutSlashes(text: string): string {
  return text.includes('%') ? text.replaceAll(/(?:%(?!2f|5c)[0-9a-f]{2})+/gi, decodedRun) : text;
}

function decodedRun(run: string): string {
  const code = run.length === 3 ? Number.parseInt(run.slice(1), 16) : Number.NaN;
  // A target may have thousands of single escapes, and a buffer for each takes much longer.
  return code < 0x80 ? String.fromCharCode(code) : utf8OfHex(run.replaceAll('%', ''));
}

/** The characters that browsers leave as they are in a path, and `\`. */
const SENT_AS_THEY_ARE = /[A-Za-z0-9\-._~!$&'()*+,;=:@/[\]\\]/g;
const ENCODED = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/[\]\\]/gu;

/** Encodes a path in plain text as browsers send it. Throws if the text holds half of a character. */
export function encodedAsBrowsersDo(text: string): string {
  return text.replaceAll(ENCODED, encodeURIComponent);
}

/** Decodes what browsers encode, so that `/caf%C3%A9` is `/café`; `%61` and `%2f` stay: no browser sends them by itself. */
function decodedWhereBrowsersEncode(text: string): string {
  return text.includes('%')
    ? text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => decodedRun(run).replaceAll(SENT_AS_THEY_ARE, escapeOf))
    : text;
}

function escapeOf(char: string): string {
  return `%${char.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`;
}

function serverPathname(target: string, settings: TargetSettings): string {
  const { joinsSlashes, cutsAtSemicolon, readUnusual } = settings;
  const read = isUsual(target) ? usualPathname(target) : (readUnusual(target) ?? plainPathname(target));
  const pathname = cutsAtSemicolon ? endedAt(read, ';') : read;
  return joinsSlashes ? pathname.replaceAll(/\/{2,}/g, '/') : pathname;
}

/** Dot segments last, as static-file middleware does: `%2e%2fadmin` is one segment to a browser, but `/admin` once decoded. */
function normalized(pathname: string): string {
  return withoutDotSegments(joinedSlashes(pathname.replaceAll('\\', '/')));
}

function joinedSlashes(text: string): string {
  return `/${text}`.replaceAll(/\/{2,}/g, '/');
}

function withoutDotSegments(text: string): string {
  const root = text.startsWith('/') ? '/' : '';
  const kept: string[] = [];
  for (const segment of text.slice(root.length).split('/')) {
    if (segment === '..') {
      kept.pop();
    } else if (segment !== '.') {
      kept.push(segment);
    }
  }
  return root + kept.join('/');
}

function endedAt(text: string, end: string): string {
  const at = text.indexOf(end);
  return at === -1 ? text : text.slice(0, at);
}

/** `admin. .` and `admin::$INDEX_ALLOCATION` are `admin` to Windows; `..` stays. */
function onWindows(segment: string): string {
  const name = segment.includes(':$') ? endedAt(segment, ':') : segment;
  let end = name.length;
  while (end > 0 && (name[end - 1] === '.' || name[end - 1] === ' ')) {
    end -= 1;
  }
  return end === 0 ? name.trimEnd() : name.slice(0, end);
}
