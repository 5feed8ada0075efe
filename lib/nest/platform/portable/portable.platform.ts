import type { ServerResponse } from 'node:http';

import { NotFoundException, type VersioningOptions } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { match, type MatchFunction } from 'path-to-regexp';

import type { OrderedEntry, OrderedTableSettings } from '../../../routing/ordered-entry.js';
import { OrderedTable } from '../../../routing/ordered-table.js';
import { plainPathname } from '../../../routing/request-target.js';
import { takesRequest, type Route } from '../../../routing/route.js';
import type { RouteParams, RouteTable } from '../../../routing/route-table.js';
import { settle } from '../../report/settle.js';
import { cutOff } from '../../response/write-head.js';
import type { TargetSettings } from '../../../routing/target-readings.js';
import { stateOf } from '../../response/cors-state.js';
import type { Platform, RequestHook } from '../platform.js';
import { rawRequestOf, rawResponseOf } from '../node-http.js';
import type { Registration, RouteHandler } from '../../routes/registration-capture.js';
import type { RouteVersion } from '../../metadata/nest-metadata.js';
import { versionTestOf } from '../version-test.js';

/**
 * The portable platform, for an adapter without a request hook: handlers run the hook themselves when they are entered, before
 * guards, and OPTIONS routes, registered ahead of the app's, run it for preflights.
 *
 * Its limits: a 404 and answers of middleware have no CORS headers, and requests that middleware rewrote are not noticed.
 */
export class PortablePlatform implements Platform {
  readonly #registrations: Registration[] = [];
  readonly #entered = new WeakMap<object, Route>();
  #hook: RequestHook | undefined;

  constructor(
    private readonly adapter: AbstractHttpAdapter,
    private readonly versioning: VersioningOptions | undefined,
    /** The paths that preflights may ask about, and at which no handler of the app's own serves OPTIONS. */
    private readonly paths: readonly string[],
  ) {}

  installHook(hook: RequestHook): void {
    this.#hook = hook;
    for (const path of this.paths) {
      this.adapter.options(path, (request: unknown, reply: unknown, next?: unknown) => {
        const goOn = isNext(next) ? () => next() : () => this.#answerNotFound(request, reply);
        hook(request, reply, rawRequestOf(request), rawResponseOf(reply), goOn);
      });
    }
  }

  watchRoutes(): void {
    // All that is known of this platform's routes is what Nest registers.
  }

  readonly wrapHandler = (registration: Registration, handler: RouteHandler): RouteHandler => {
    this.#registrations.push(registration);
    return (request: unknown, reply: unknown, next: unknown): unknown => {
      const hook = this.#hook;
      const { route } = registration;
      const response = rawResponseOf(reply);
      const isDue = hook !== undefined && route !== undefined && stateOf(response) === undefined;
      if (!isDue || takesRequest(route, request, (of) => this.hostnameOf(of)) === false) {
        return handler(request, reply, next);
      }
      if (typeof request === 'object' && request !== null) {
        this.#entered.set(request, route);
      }
      let result: unknown;
      let isLate = false;
      hook(request, reply, rawRequestOf(request), response, () => {
        result = handler(request, reply, next);
        if (isLate) {
          // A function or resolver was asked first, and the platform no longer waits for the call: `next` tells it of a failure.
          settle(result, (error) => passOn(next, error, response));
        }
      });
      isLate = true;
      return result;
    };
  };

  buildTable(): RouteTable {
    const settings = readMatching(this.adapter);
    const entries = this.#registrations.flatMap((registration) => entryOf(registration, settings) ?? []);
    return new EnteredTable(
      entries,
      { ...settings, readUnusual: plainPathname, hostnameOf: (request) => this.hostnameOf(request) },
      this.#entered,
    );
  }

  targetSettings(): TargetSettings {
    return { ...readMatching(this.adapter), joinsSlashes: false, cutsAtSemicolon: false, readUnusual: plainPathname };
  }

  routersInFront(): readonly [] {
    return [];
  }

  whenComplete(check: (others: readonly []) => void): void {
    // Other CORS code of an unknown platform cannot be detected.
    check([]);
  }

  hasEarlierMiddleware(): boolean {
    return false;
  }

  versionTest(version: RouteVersion): Route['selects'] {
    return version === undefined || this.versioning === undefined
      ? undefined
      : versionTestOf(this.adapter, version, this.versioning);
  }

  holds(): boolean {
    return false;
  }

  positionOf(): number {
    return 0;
  }

  isInRouter(): boolean {
    return false;
  }

  followMounts(): void {
    // Nothing is known about it.
  }

  rerouted(): undefined {
    // What rewrites a target in front of the application has nothing to know it by.
  }

  hostnameOf(request: unknown): string {
    return String(this.adapter.getRequestHostname(request) ?? '');
  }

  /** As Nest answers where no handler serves a request, on a platform whose handlers cannot pass it on. */
  #answerNotFound(request: unknown, reply: unknown): void {
    const notFound = new NotFoundException(`Cannot OPTIONS ${this.adapter.getRequestUrl(request)}`);
    settle(this.adapter.reply(reply, notFound.getResponse(), notFound.getStatus()), () => {
      cutOff(rawResponseOf(reply));
    });
  }

  takeOver(reply: unknown): void {
    const hijack: unknown = typeof reply === 'object' && reply !== null && 'hijack' in reply ? reply.hijack : undefined;
    if (typeof hijack === 'function') {
      hijack.call(reply);
    }
  }
}

function isNext(value: unknown): value is (error?: unknown) => void {
  return typeof value === 'function';
}

/** Never throws. */
function passOn(next: unknown, error: unknown, response: ServerResponse): void {
  try {
    if (isNext(next)) {
      next(error);
      return;
    }
  } catch {
    // No other code can answer.
  }
  cutOff(response);
}

/** A request in a handler has its route; only preflights are looked up. */
class EnteredTable extends OrderedTable {
  constructor(
    entries: readonly OrderedEntry[],
    settings: OrderedTableSettings,
    private readonly entered: WeakMap<object, Route>,
  ) {
    super(entries, settings);
  }

  override find(method: string, url: string, request: unknown): Route | undefined {
    const entered = typeof request === 'object' && request !== null ? this.entered.get(request) : undefined;
    return entered ?? super.find(method, url, request);
  }
}

interface Matching {
  readonly caseSensitive: boolean;
  readonly strict: boolean;
}

/** `getRouteMatchingOptions()` came with Nest 12, and an adapter need not have it: then as Express does by default. */
function readMatching(adapter: AbstractHttpAdapter): Matching {
  const read: unknown = Reflect.get(adapter, 'getRouteMatchingOptions');
  const options: unknown = typeof read === 'function' ? read.call(adapter) : undefined;
  const { caseSensitive, ignoreTrailingSlash } = {
    caseSensitive: false,
    ignoreTrailingSlash: true,
    ...asObject(options),
  };
  return { caseSensitive, strict: !ignoreTrailingSlash };
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

/** Undefined for a pattern in the platform's own syntax: the app has to answer preflights for it. */
function entryOf(registration: Registration, matching: Matching): OrderedEntry | undefined {
  const { route, path, method } = registration;
  if (route === undefined) {
    return undefined;
  }
  try {
    const read = match<Record<string, string>>(path, { sensitive: matching.caseSensitive, trailing: !matching.strict });
    return {
      route,
      pattern: path,
      methods: method === 'ALL' ? undefined : new Set([method]),
      passesOn: false,
      matches: (pathname) => read(pathname) !== false,
      params: (pathname) => paramsIn(read, pathname),
    };
  } catch {
    return undefined;
  }
}

function paramsIn(read: MatchFunction<Record<string, string>>, pathname: string): RouteParams | undefined {
  const found = read(pathname);
  return found === false ? undefined : found.params;
}
