import { decode, encode } from '@jridgewell/sourcemap-codec';
import ts from 'typescript';

/** Fits a screen of a terminal. */
const LONGEST_LINE = 500;

/** After these a line may end, whatever comes next: no semicolon is inserted there, and no other token formed. */
const BREAKS_AFTER = new Set([',', ';', '{', '(', '[']);

/**
 * Breaks the lines of minified code, and moves the segments of its source map: Node prints the line that an error is thrown from,
 * and a minified file is one line. Only a text that is longer by itself stays longer.
 *
 * @param {string} code @param {string} json @returns {{ code: string, map: string }}
 */
export function breakLines(code, json) {
  const map = JSON.parse(json);
  const starts = lineStarts(code);
  const breaks = breaksIn(code, starts);
  const broken = [0, ...breaks].map((from, at) => code.slice(from, breaks[at])).join('\n');
  const newStarts = [...starts, ...breaks].toSorted((a, b) => a - b);
  /** @type {import('@jridgewell/sourcemap-codec').SourceMapSegment[][]} */
  const lines = newStarts.map(() => []);
  decode(map.mappings).forEach((segments, line) => {
    let to = newStarts.indexOf(starts[line] ?? 0);
    for (const [column, ...rest] of segments) {
      const offset = (starts[line] ?? 0) + column;
      while ((newStarts[to + 1] ?? Infinity) <= offset) {
        to += 1;
      }
      const moved = [offset - (newStarts[to] ?? 0), ...rest];
      lines[to]?.push(/** @type {import('@jridgewell/sourcemap-codec').SourceMapSegment} */ (moved));
    }
  });
  return { code: broken, map: JSON.stringify({ ...map, mappings: encode(lines) }) };
}

/** @param {string} code */
function lineStarts(code) {
  return [0, ...Array.from(code.matchAll(/\n/g), ({ index }) => index + 1)];
}

/** Where lines begin that did not before. @param {string} code @param {readonly number[]} starts */
function breaksIn(code, starts) {
  /** @type {number[]} */
  const breaks = [];
  const places = placesIn(code);
  let at = 0;
  starts.forEach((start, line) => {
    const end = starts[line + 1] ?? code.length;
    let from = start;
    while (end - from > LONGEST_LINE) {
      while ((places[at] ?? Infinity) <= from) {
        at += 1;
      }
      // The last one that fits; or the next one, if none does.
      while ((places[at + 1] ?? Infinity) <= from + LONGEST_LINE) {
        at += 1;
      }
      from = places[at] ?? end;
      if (from < end) {
        breaks.push(from);
      }
    }
  });
  return breaks;
}

/** The statements, arguments, properties and so on that a line may begin with. @param {string} code */
function placesIn(code) {
  const file = ts.createSourceFile('code.js', code, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  /** @type {number[]} */
  const places = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.CommaToken) {
      places.push(node.right.getStart(file));
    }
    ts.forEachChild(node, visit, (nodes) => {
      for (const each of nodes) {
        const start = each.getStart(file);
        if (BREAKS_AFTER.has(code[start - 1] ?? '')) {
          places.push(start);
        }
        visit(each);
      }
    });
  };
  visit(file);
  return places.toSorted((a, b) => a - b);
}
