import { isRegExp } from '../../packages/node.js';
import { encryptedOrigin } from '../mistakes/encrypted-origin.js';
import type { DangerFinding, Report } from '../mistakes/issue-data.js';
import { itemsOf, type Item } from '../names/name-list.js';
import { isClass, isGenerator, NO_GENERATOR } from '../model/function-kinds.js';
import type { CorsOriginFunction, CorsResolverToken } from '../model/origin-resolver.js';
import { ANY_HOST, guessPattern, isInsecure, readOriginPattern, type OriginPattern } from './origin-pattern.js';
import { judgeRegExp } from './origin-regexp.js';
import type { TooWide } from './regexp-width.js';
import { hasSuffixBelow, isPublicSuffix } from './registrable-domain.js';
import type { OriginAsk } from '../model/policy.js';

/** The `origin` option after reading: its items by kind. If all of them are empty, no origin is allowed. */
export interface OriginOption {
  /** `'*'`. */
  readonly everyone: boolean;
  /** `'null'` is among the items. */
  readonly hasNull: boolean;
  readonly patterns: readonly OriginPattern[];
  readonly regexps: readonly RegExp[];
  readonly asks: readonly OriginAsk[];
  /** Mistakes, unless the layer that wrote the option acknowledges them. */
  readonly dangers: readonly DangerFinding[];
  /** Items that are mistakes only together with credentials: anyone can register a name below; not encrypted. */
  readonly publicSuffixes: readonly Item[];
  readonly insecure: readonly Item[];
  readonly insecureRegExps: readonly InsecureRegExp[];
}

/** A RegExp that is a mistake together with credentials. */
export interface InsecureRegExp extends Item {
  readonly width: TooWide;
  /** It is a mistake without them, too. */
  readonly always: boolean;
}

const EXPECTED = "an origin, '*', a RegExp, a function, { resolver: token }, a list of these, or false";

/** Reads the `origin` option; invalid items are reported and left out. */
export function readOriginOption(value: unknown, path: string, report: Report): OriginOption {
  const option = new OriginItems(report);
  if (value === false) {
    return option;
  }
  if (!Array.isArray(value)) {
    option.add({ path, value });
    return option;
  }
  option.addAll(itemsOf(value, path), { path, value });
  return option;
}

/** A single word may be the name of a host, but it is more likely the name of a policy. */
const LIKE_AN_ORIGIN = /:\/\/|\.|^localhost/;

/**
 * The spelling of an origin in the wrong place, for a cure that the next start accepts: nothing that would have
 * to be acknowledged.
 */
export function harmlessOrigin(text: string, credentials: boolean): string | undefined {
  const pattern = LIKE_AN_ORIGIN.test(text) ? guessPattern(text) : undefined;
  if (pattern === undefined || pattern.host === ANY_HOST || isOpenBelow(pattern)) {
    return undefined;
  }
  return credentials && isInsecure(pattern) ? encryptedOrigin(pattern.text) : pattern.text;
}

/** Some of the names that it matches are anyone's to register: with credentials that is a mistake. */
function isOpenBelow({ subdomains, host }: OriginPattern): boolean {
  return subdomains && (isPublicSuffix(host) || hasSuffixBelow(host));
}

class OriginItems implements OriginOption {
  everyone = false;
  hasNull = false;
  readonly patterns: OriginPattern[] = [];
  readonly regexps: RegExp[] = [];
  readonly asks: OriginAsk[] = [];
  readonly dangers: DangerFinding[] = [];
  readonly publicSuffixes: Item[] = [];
  readonly insecure: Item[] = [];
  readonly insecureRegExps: InsecureRegExp[] = [];
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  /** @param list - the list of the items. */
  addAll(items: readonly Item[], list: Item): void {
    if (items.length > 1 && items.some((item) => item.value === '*')) {
      this.#report({ code: 'wildcard-among-origins', ...list, alone: true });
    }
    for (const item of items) {
      this.add(item, items.length);
    }
  }

  /** @param among - the number of items that it is one of. */
  add({ path, value }: Item, among = 1): void {
    if (value === undefined) {
      this.#report({ code: 'origin-undefined', path, value });
    } else if (typeof value === 'string') {
      this.#addText(value, path);
    } else if (isRegExp(value)) {
      this.#addRegExp(value, path);
    }
    // A class is a function to `typeof`, and calling one throws: what was meant is the token of a resolver.
    else if (isOriginFunction(value)) {
      this.asks.push(Object.freeze({ kind: 'function', ask: value }));
    } else if (isResolverItem(value)) {
      this.#addResolver(value.resolver, value, path);
    } else {
      this.#report({ code: 'type', path, value, expected: expectedInsteadOf(value, among) });
    }
  }

  #addText(text: string, path: string): void {
    if (text === '*') {
      this.everyone = true;
    } else if (text === 'null') {
      this.hasNull = true;
      this.dangers.push({ code: 'null-origin', path, value: text });
    } else {
      this.#addPatternText(text, path);
    }
  }

  /**
   * A wrong spelling is reported and then read as the right one, so that mistakes of the right spelling are shown now, not
   * at the next start.
   */
  #addPatternText(text: string, path: string): void {
    const read = readOriginPattern(text, path);
    if (!('code' in read)) {
      this.#addPattern(read, path);
      return;
    }
    this.#report(read);
    const parts = read.code === 'origin-list-in-string' ? text.split(/[\s,]+/).filter((part) => part !== '') : [];
    const meant = guessPattern(text);
    if (parts.length > 1) {
      this.addAll(
        parts.map((part) => ({ path, value: part })),
        { path, value: text },
      );
    } else if (meant !== undefined) {
      this.#addPattern(meant, path);
    }
  }

  #addPattern(pattern: OriginPattern, path: string): void {
    this.patterns.push(pattern);
    const item = { path, value: pattern.text };
    if (isInsecure(pattern)) {
      this.insecure.push(item);
    }
    if (pattern.host === ANY_HOST) {
      this.dangers.push({ code: 'any-host-of-scheme', ...item, scheme: pattern.scheme });
    }
    if (isOpenBelow(pattern)) {
      this.publicSuffixes.push(item);
    }
  }

  #addRegExp(value: RegExp, path: string): void {
    const { regexp, unsafe, width, looseDot } = judgeRegExp(value);
    this.regexps.push(regexp);
    if (width.nothing) {
      this.#report({ code: 'regexp-matches-nothing', path, value });
    }
    if (unsafe) {
      this.dangers.push({ code: 'regexp-unsafe', path, value });
    }
    if (width.tooWide !== undefined) {
      this.dangers.push({ code: 'regexp-too-wide', path, value, ...width.tooWide, withCredentials: undefined });
    }
    if (looseDot) {
      this.dangers.push({ code: 'regexp-dot', path, value });
    }
    if (width.insecure !== undefined) {
      this.insecureRegExps.push({ path, value, width: width.insecure, always: width.tooWide !== undefined });
    }
  }

  #addResolver(token: unknown, value: object, path: string): void {
    for (const key of Reflect.ownKeys(value)) {
      if (key === 'resolver') {
        continue;
      }
      this.#report({ code: 'unknown-option', path, value: key, guess: undefined });
    }
    if (isToken(token)) {
      this.asks.push(Object.freeze({ kind: 'resolver', token }));
    } else {
      this.#report({
        code: 'type',
        path: `${path}.resolver`,
        value: token,
        expected: 'the token of a provider: a class, a string or a symbol',
      });
    }
  }
}

function isOriginFunction(value: unknown): value is CorsOriginFunction {
  return typeof value === 'function' && !isClass(value) && !isGenerator(value);
}

function isResolverItem(value: unknown): value is { readonly resolver: unknown } {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'resolver');
}

/** Which class a token stands for is known when its provider is looked up. */
function isToken(value: unknown): value is CorsResolverToken {
  return typeof value === 'function' || typeof value === 'symbol' || (typeof value === 'string' && value !== '');
}

/**
 * `origin: true` reflected every origin in `cors`, which is `'*'` here: without credentials there is no difference, and
 * with them it is a mistake.
 */
function expectedInsteadOf(value: unknown, among: number): string {
  if (value === true) {
    return among === 1 ? "'*' for any origin" : "'*' alone for any origin, or the list without it";
  }
  if (isGenerator(value)) {
    return `a function that returns true or false, ${NO_GENERATOR}`;
  }
  return typeof value === 'function' ? '{ resolver: … } around the class' : EXPECTED;
}
