/** What a link may ask of the browser of everybody who opens it. Real applications stay far below. */
import { CodeError } from './code-error.js';
import type { ControllerCode } from './application.js';

const MOST_ROUTES = 200;
const MOST_HANDLERS = 200;
const MOST_ENTRIES = 50;
/** Of an object: each one that is unknown is compared with all that exist. */
export const MOST_KEYS = 200;
export const LONGEST_PATH = 300;
/** It may be used a thousand times. */
export const LONGEST_CONSTANT = 500;
/** The values of options and of `@Cors`, each counted once for every policy in which it is read. */
const MOST_READINGS = 30_000;

/** Counts what will be made, before any of it is made. */
export function checkLimits(options: unknown, controllers: readonly ControllerCode[]): void {
  const handlers = sum(controllers.map((each) => each.handlers.length));
  if (handlers > MOST_HANDLERS) {
    throw tooMany(handlers, 'handlers', MOST_HANDLERS);
  }
  const routes = sum(controllers.map(routesOf));
  if (routes > MOST_ROUTES) {
    throw tooMany(routes, 'routes, counted for each path of a controller and of its handlers', MOST_ROUTES);
  }
  const [entries, policies] = ['paths', 'policies'].map((key) => listed(options, key));
  for (const [what, { length }] of Object.entries({ 'entries of paths': entries ?? [], policies: policies ?? [] })) {
    if (length > MOST_ENTRIES) {
      throw tooMany(length, what, MOST_ENTRIES);
    }
  }
  const patterns = sum((entries ?? []).map((entry) => Math.max(1, listed(entry, 'path').length)));
  if (patterns > MOST_ENTRIES) {
    throw tooMany(patterns, 'patterns in paths', MOST_ENTRIES);
  }
  checkReadings(options, controllers, (entries ?? []).length + (policies ?? []).length);
}

/** Every policy reads the options of forRoot() and the values of its own controller again. */
function checkReadings(options: unknown, controllers: readonly ControllerCode[], others: number): void {
  const root = sizeOf(options);
  const readings = controllers.map(({ cors, handlers }) =>
    sum(handlers.map((handler) => root + sizeOf(cors) + sizeOf(handler.cors))),
  );
  const all = sum(readings) + root * (others + 1);
  if (all > MOST_READINGS) {
    throw new CodeError(
      `The policies of all handlers together have more than ${MOST_READINGS} values, which is too much to work out here: shorten the lists, or leave handlers out`,
      0,
    );
  }
}

function tooMany(count: number, what: string, most: number): CodeError {
  return new CodeError(`There are ${count} ${what}, and at most ${most} are read here`, 0);
}

function routesOf({ paths, handlers }: ControllerCode): number {
  return paths.length * sum(handlers.map((handler) => handler.paths.length));
}

function listed(value: unknown, key: string): readonly unknown[] {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return typeof found === 'object' && found !== null ? Object.values(found) : [];
}

/** How many values there are, with those inside of them. */
function sizeOf(value: unknown): number {
  const inner = typeof value === 'object' && value !== null ? Object.values(value) : [];
  return 1 + sum(inner.map(sizeOf));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
