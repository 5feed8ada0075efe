import { decode, encode } from '@jridgewell/sourcemap-codec';

/**
 * A source map that knows lines: what a stack trace names. The columns, the names and the texts of the sources are five sixths
 * of a map, and are left out.
 *
 * @param {string} json @returns {string}
 */
export function lineMapOf(json) {
  const { version, file, sources, mappings } = JSON.parse(json);
  const lines = decode(mappings).map((segments) => segments.filter(startsLine));
  return JSON.stringify({ version, file, sources, names: [], mappings: encode(lines.map(withoutNames)) });
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
