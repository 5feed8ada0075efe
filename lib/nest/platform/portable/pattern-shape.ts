import { parse, type Token } from 'path-to-regexp';

import { decoded, foldedCase } from '../../../routing/target-readings.js';
import type { AdapterMatching } from './adapter-matching.js';

/** A segment of a pattern. */
type Segment =
  | { readonly kind: 'text'; readonly text: string; readonly folded: string }
  | { readonly kind: 'parameter' }
  /** More than one parameter, or a parameter beside text: routers differ in what they read it as. */
  | { readonly kind: 'mixed' };

/** One way to read a pattern: with each of its optional groups filled, or left out. */
export interface PatternShape {
  readonly segments: readonly Segment[];
  /** What may follow: nothing, a wildcard that is a segment of its own, or something that is not read. */
  readonly rest: 'nothing' | 'wildcard' | 'anything';
  readonly endsInSlash: boolean;
  /** Whether every router reads the pattern alike: text, parameters that are whole segments, and a wildcard at the end. */
  readonly isCertain: boolean;
}

/** A path as routers split it: without a slash at its end, which `endsInSlash` tells of. */
export interface SplitPath {
  readonly segments: readonly string[];
  readonly endsInSlash: boolean;
}

/** Not in any path that a browser sends. */
const PARAMETER = '\0';
const WILDCARD = '\u0001';
const FIRST_SIGN = /[:*?(){}[\]+!\\]/;
/** Text that has no other meaning to any router. */
const PLAIN_TEXT = /^[\w.~$&'@=,-]*$/;
/** As NodeAdapter expands them. */
const MOST_GROUPS = 6;

/** All ways to read a pattern. One in syntax of the platform's own may match whatever begins like it. */
export function shapesOf(pattern: string, { isKnown }: Pick<AdapterMatching, 'isKnown'>): readonly PatternShape[] {
  const tokens = tokensOf(pattern);
  const groups = tokens === undefined ? 0 : countGroups(tokens);
  if (tokens === undefined || groups > MOST_GROUPS || hasPlaceholder(tokens)) {
    return [beginningOf(pattern)];
  }
  const shapes = expanded(tokens).map((variant) => readShape(variant, true));
  const isCertain = shapes.every((shape) => shape.isCertain) && (isKnown || groups === 0);
  // A router may match all of a pattern by other means if it cannot express a part of it.
  const alike = isCertain ? shapes : shapes.map((shape) => ({ ...shape, isCertain }));
  return isKnown || groups === 0 ? alike : [...alike, beginningOf(pattern)];
}

/** Matches whatever begins like the pattern does before the first sign that may have a meaning. */
function beginningOf(pattern: string): PatternShape {
  return readShape(pattern.slice(0, pattern.search(FIRST_SIGN)).replace(/[^/]*$/, WILDCARD), false);
}

/** Whether every router with these settings reads this plain path as one of the pattern. */
export function surelyMatches(shape: PatternShape, path: SplitPath, matching: AdapterMatching): boolean {
  const { segments, rest } = shape;
  const length = path.segments.length - segments.length;
  const isSlashRead = shape.endsInSlash === path.endsInSlash || matching.ignoresTrailingSlash === true;
  return (
    shape.isCertain &&
    isSlashRead &&
    (rest === 'nothing' ? length === 0 : length > 0 && path.segments[segments.length] !== '') &&
    segments.every((segment, at) => surelyIs(segment, path.segments[at] ?? '', matching))
  );
}

/**
 * Negative where a router that goes by specificity tries the first pattern before the second, positive where after it, 0 where
 * they are one pattern to it; undefined where that cannot be told.
 */
export function compareSpecificity(one: PatternShape, other: PatternShape): number | undefined {
  if (!one.isCertain || !other.isCertain) {
    return undefined;
  }
  for (let at = 0; ; at += 1) {
    const [rank, otherRank] = [rankAt(one, at), rankAt(other, at)];
    if (rank === END || otherRank === END) {
      return rank === otherRank && one.endsInSlash === other.endsInSlash ? 0 : undefined;
    }
    if (rank !== otherRank) {
      return rank - otherRank;
    }
    if (rank === WILDCARD_RANK) {
      return 0;
    }
    if (textAt(one, at) !== textAt(other, at)) {
      return undefined;
    }
  }
}

export function splitPath(pathname: string): SplitPath {
  const segments = pathname.replace(/^\//, '').split('/');
  const endsInSlash = segments.length > 1 && segments.at(-1) === '';
  return { segments: endsInSlash ? segments.slice(0, -1) : segments, endsInSlash };
}

function tokensOf(pattern: string): readonly Token[] | undefined {
  try {
    // Fastify's wildcards have no names.
    return parse(pattern.replace(/(?<!\\)\*$/, '*rest')).tokens;
  } catch {
    return undefined;
  }
}

function countGroups(tokens: readonly Token[]): number {
  return tokens.reduce((sum, token) => sum + (token.type === 'group' ? 1 + countGroups(token.tokens) : 0), 0);
}

function hasPlaceholder(tokens: readonly Token[]): boolean {
  return tokens.some((token) =>
    token.type === 'group'
      ? hasPlaceholder(token.tokens)
      : token.type === 'text' && (token.value.includes(PARAMETER) || token.value.includes(WILDCARD)),
  );
}

/** A text for each variant, in which signs stand for parameters and wildcards. */
function expanded(tokens: readonly Token[]): readonly string[] {
  let variants: readonly string[] = [''];
  for (const token of tokens) {
    const parts = token.type === 'group' ? [...expanded(token.tokens), ''] : [signOf(token)];
    variants = variants.flatMap((variant) => parts.map((part) => variant + part));
  }
  return variants;
}

function signOf(token: Exclude<Token, { type: 'group' }>): string {
  if (token.type === 'text') {
    return token.value;
  }
  if (token.type === 'wildcard') {
    return WILDCARD;
  }
  // A name in quotes is not one to every router.
  return /^\w+$/.test(token.name) ? PARAMETER : PARAMETER + PARAMETER;
}

function readShape(text: string, isRead: boolean): PatternShape {
  const { segments: parts, endsInSlash } = splitPath(text);
  const open = parts.findIndex((part) => part.includes(WILDCARD));
  const closed = open === -1 ? parts : parts.slice(0, open);
  const segments = closed.map(readSegment);
  const isWildcard = open === parts.length - 1 && parts[open] === WILDCARD && !endsInSlash;
  return {
    segments,
    rest: open === -1 ? 'nothing' : isWildcard && isRead ? 'wildcard' : 'anything',
    endsInSlash: open === -1 && endsInSlash,
    isCertain: isRead && (open === -1 || isWildcard) && segments.every(isPlain),
  };
}

function readSegment(part: string): Segment {
  if (part === PARAMETER) {
    return { kind: 'parameter' };
  }
  return part.includes(PARAMETER) ? { kind: 'mixed' } : { kind: 'text', text: part, folded: foldedCase(decoded(part)) };
}

function isPlain(segment: Segment): boolean {
  return segment.kind === 'parameter' || (segment.kind === 'text' && PLAIN_TEXT.test(segment.text));
}

function surelyIs(segment: Segment, text: string, { caseSensitive, maxParamLength }: AdapterMatching): boolean {
  if (segment.kind === 'parameter') {
    return text !== '' && text.length <= maxParamLength;
  }
  return (
    segment.kind === 'text' &&
    (text === segment.text || (caseSensitive === false && foldedCase(text) === segment.folded))
  );
}

const WILDCARD_RANK = 3;
const END = 5;

function rankAt({ segments, rest }: PatternShape, at: number): number {
  const segment = segments[at];
  if (segment === undefined) {
    return rest === 'nothing' ? END : rest === 'wildcard' ? WILDCARD_RANK : 4;
  }
  return segment.kind === 'text' ? 0 : segment.kind === 'parameter' ? 1 : 2;
}

function textAt({ segments }: PatternShape, at: number): string | undefined {
  const segment = segments[at];
  return segment?.kind === 'text' ? segment.text : undefined;
}
