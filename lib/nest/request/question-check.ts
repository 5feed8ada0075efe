import { checkObject } from '../../policy/mistakes/argument.js';
import { quotedValue } from '../../policy/mistakes/safe-text.js';
import { normalizedMethod } from '../../policy/names/http-names.js';
import { ownOptions, ownValue, withoutPrototype } from '../../policy/model/own-keys.js';
import type { CorsQuestion } from './explanation.js';

const EXPECTED: Readonly<Record<string, readonly [is: (value: unknown) => boolean, expected: string]>> = {
  url: [isText, "a path, such as '/cats/1'"],
  origin: [isTextOrNothing, "a string, such as 'https://app.example.com', or leave it out"],
  method: [isTextOrNothing, "a string, such as 'PUT', or leave it out"],
  host: [isTextOrNothing, "a string, such as 'api.example.com', or leave it out"],
  headers: [isListOrNothing, "a list of header names, such as ['X-Request-ID'], or leave it out"],
  credentials: [isFlagOrNothing, 'true or false, or leave it out'],
  phase: [isPhaseOrNothing, "'preflight' or 'request', or leave it out"],
  handshake: [isFlagOrNothing, 'true or false, or leave it out'],
};

/** A copy of the question with its own keys, and the method as browsers send it. Callers without types may pass any value: throws a TypeError that names the field. */
export function checkedQuestion(question: CorsQuestion): CorsQuestion {
  checkObject('explain()', 'a question, { origin, method, url }', question);
  const own = ownOptions(question);
  for (const [field, [is, expected]] of Object.entries(EXPECTED)) {
    const value = ownValue(own, field);
    if (!is(value)) {
      throw new TypeError(`explain(): ${field} is ${quotedValue(value)}; write ${expected}`);
    }
  }
  const { method } = own;
  return method === undefined ? own : withoutPrototype({ ...own, method: normalizedMethod(method) });
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextOrNothing(value: unknown): boolean {
  return value === undefined || isText(value);
}

function isListOrNothing(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && Array.from<unknown>(value).every(isText));
}

function isFlagOrNothing(value: unknown): boolean {
  return value === undefined || typeof value === 'boolean';
}

function isPhaseOrNothing(value: unknown): boolean {
  return value === undefined || value === 'preflight' || value === 'request';
}
