import type { Type } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';

import { Holders } from '../nest/policies/holders.js';
import { closestName } from '../policy/mistakes/closest-name.js';
import type { CorsConfigIssue } from '../policy/mistakes/issue.js';
import { isGenerator } from '../policy/model/function-kinds.js';
import { inheritedOption, ownValue } from '../policy/model/own-keys.js';

/** The options of {@link CorsInspectorModule.forRoot}. */
export interface CorsInspectorOptions {
  /** The path of the page under the global prefix: letters, digits, `-`, `_`, `~` and slashes. Default: `cors`. */
  readonly path?: string | undefined;
  /**
   * Decides who may see the page. Only `true`, or a promise of `true`, grants access; any other value, an error or a rejection
   * refuses. Without it, every client that reaches the application has access, and none if `NODE_ENV` is `production`.
   *
   * It gets Node's request, before the application's guards.
   */
  readonly allow?: ((request: IncomingMessage) => boolean | Promise<boolean>) | undefined;
  /**
   * Further host names of the page, without port. `localhost`, its subdomains and IP addresses always work; other names are
   * refused, as a foreign domain can resolve to this machine (DNS rebinding).
   */
  readonly hosts?: readonly string[] | undefined;
}

/** The options, read and checked. */
export interface InspectorSettings {
  readonly path: string;
  readonly allow: CorsInspectorOptions['allow'];
  readonly hosts: ReadonlySet<string>;
  readonly issues: readonly CorsConfigIssue[];
}

/** The settings, and the routes of the page; no routes if it is off. */
export interface Setup extends InspectorSettings {
  readonly controllers: readonly Type[];
}

export const setups = new Holders<Setup>();

/** Throws for anything but what `forRoot()` has provided. */
export function requireSetup(given: unknown): Setup {
  const setup = setups.open(given);
  if (setup === undefined) {
    throw new Error('CorsInspectorModule is imported without forRoot(); import CorsInspectorModule.forRoot()');
  }
  return setup;
}

const WHERE = 'CorsInspectorModule.forRoot()';
const KEYS = ['path', 'allow', 'hosts'];
const DEFAULT_PATH = 'cors';
const PATH = /^\/?[\w~-]+(?:\/[\w~-]+)*\/?$/;
/** With `_`, which names of containers have, and with the dot of a fully qualified name. */
const HOST = /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?$/i;

type Expect = (path: string, value: unknown, expected: string) => undefined;

/** Never throws: mistakes are reported at start, like all others. */
export function readOptions(given: unknown): InspectorSettings {
  const issues: CorsConfigIssue[] = [];
  const expect: Expect = (path, value, expected) => {
    issues.push({ code: 'type', where: WHERE, path, value, expected });
  };
  try {
    return { ...readGiven(given, expect, issues), issues };
  } catch {
    expect('', given, 'an object that can be read; reading this one threw an error');
    return { ...NOTHING, issues };
  }
}

type Read = Omit<InspectorSettings, 'issues'>;

const NOTHING: Read = { path: DEFAULT_PATH, allow: undefined, hosts: new Set() };

function readGiven(given: unknown, expect: Expect, issues: CorsConfigIssue[]): Read {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    expect('', given, "an object: { path: 'cors' }");
    return NOTHING;
  }
  const inherited = inheritedOption(given, KEYS);
  if (inherited !== undefined) {
    // An `allow` that is ignored would let everyone in.
    expect('', given, `a plain object, as ${inherited} is inherited from the object's class`);
    return NOTHING;
  }
  for (const key of Object.keys(given).filter((key) => !KEYS.includes(key))) {
    issues.push({ code: 'unknown-option', where: WHERE, path: key, value: key, guess: closestName(key, KEYS) });
  }
  return {
    path: readPath(ownValue(given, 'path'), expect),
    allow: readAllow(ownValue(given, 'allow'), expect),
    hosts: readHosts(ownValue(given, 'hosts'), expect),
  };
}

function readPath(value: unknown, expect: Expect): string {
  if (typeof value === 'string' && PATH.test(value)) {
    return value.replace(/^\/|\/$/g, '');
  }
  if (value !== undefined) {
    expect('path', value, "a path of letters, digits, '-', '_' and '~': 'cors'");
  }
  return DEFAULT_PATH;
}

function readAllow(value: unknown, expect: Expect): InspectorSettings['allow'] {
  return value === undefined || isAllow(value)
    ? value
    : expect('allow', value, 'a function that takes the request and returns true or false');
}

function readHosts(value: unknown, expect: Expect): ReadonlySet<string> {
  if (isHostList(value)) {
    return new Set(value.map((host) => host.toLowerCase()));
  }
  if (value !== undefined) {
    expect('hosts', value, "a list of host names without scheme and port: ['admin.example.com']");
  }
  return new Set();
}

function isAllow(value: unknown): value is NonNullable<CorsInspectorOptions['allow']> {
  return typeof value === 'function' && !isGenerator(value);
}

function isHostList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && isHostName(item));
}

/** A name that `hosts` takes. */
export function isHostName(text: string): boolean {
  return HOST.test(text);
}
