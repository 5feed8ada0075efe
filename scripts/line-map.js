import { decode, encode } from '@jridgewell/sourcemap-codec';

/** Nothing on such a line is ever called: what it closes has lines of its own. */
const ONLY_CLOSES = /^[\s)\]};,]*$/;

/**
 * A source map that knows lines: what a stack trace names. The columns, the names, the texts of the sources and the lines that
 * only close something are seven eighths of a map, and are left out.
 *
 * @param {string} json @returns {string}
 */
export function lineMapOf(json) {
  const { version, file, sources, sourcesContent = [], mappings } = JSON.parse(json);
  /** @type {readonly (readonly string[])[]} */
  const texts = sourcesContent.map((/** @type {string | null} */ text) => (text ?? '').split('\n'));
  const lines = decode(mappings).map((segments) =>
    segments.filter(([, source, line]) => !isClosing(texts, source, line)).filter(startsLine),
  );
  return JSON.stringify({ version, file, sources, names: [], mappings: encode(lines.map(withoutNames)) });
}

/** @param {readonly (readonly string[])[]} texts @param {number | undefined} source @param {number | undefined} line */
function isClosing(texts, source, line) {
  const text = source === undefined || line === undefined ? undefined : texts[source]?.[line];
  return text !== undefined && ONLY_CLOSES.test(text);
}

/** @param {readonly number[]} segment @param {number} at @param {readonly (readonly number[])[]} segments */
function startsLine([, source, line], at, segments) {
  const before = segments[at - 1];
  return before === undefined || before[1] !== source || before[2] !== line;
}

/**
 * @param {readonly import('@jridgewell/sourcemap-codec').SourceMapSegment[]} segments
 * @returns {import('@jridgewell/sourcemap-codec').SourceMapSegment[]}
 */
function withoutNames(segments) {
  return segments.map((segment) => (segment.length === 5 ? [segment[0], segment[1], segment[2], segment[3]] : segment));
}
