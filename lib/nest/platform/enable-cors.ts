import type { AbstractHttpAdapter } from '@nestjs/core';
import { cwd } from 'node:process';

/** Something else that answers for CORS. */
export interface OtherCors {
  /**
   * - `enableCors`: `app.enableCors()`.
   * - `option`: `NestFactory.create(AppModule, { cors })`.
   * - `middleware`: `app.use(cors())`.
   * - `plugin`: `@fastify/cors`, registered as such.
   * - `unknown`: one of those that the platform cannot tell apart.
   */
  readonly source: 'enableCors' | 'option' | 'middleware' | 'plugin' | 'unknown';
  /** The paths that it is mounted at; empty: every URL. */
  readonly mounts: readonly string[];
  /** The line that called `enableCors()`: `src/main.ts:12`. Undefined if it is not known. */
  readonly caller: string | undefined;
}

/** A call of `enableCors()`. */
export type EnableCorsCall = Pick<OtherCors, 'source' | 'caller'>;

/** By the adapter that they were made on. */
const CALLS = new WeakMap<object, EnableCorsCall[]>();

/**
 * Notes who calls `enableCors()` on this adapter from now on: Nest itself does for `{ cors }`, and so may a library. Afterwards
 * nothing tells the middleware that it installs from another.
 */
export function watchEnableCors(adapter: AbstractHttpAdapter | undefined): void {
  const enableCors: unknown = adapter && Reflect.get(adapter, 'enableCors');
  if (adapter === undefined || typeof enableCors !== 'function' || CALLS.has(adapter)) {
    return;
  }
  const calls: EnableCorsCall[] = [];
  CALLS.set(adapter, calls);
  Reflect.set(adapter, 'enableCors', function watched(this: unknown, ...args: unknown[]): unknown {
    calls.push(callOf(new Error('enableCors').stack));
    return Reflect.apply(enableCors, this, args);
  });
}

/** Undefined if it was not watched: a second application of one testing module has an adapter of its own. */
export function enableCorsCalls(adapter: AbstractHttpAdapter): readonly EnableCorsCall[] | undefined {
  return CALLS.get(adapter);
}

/** What stands at every URL, in this number; which of it is which call has no meaning. */
export function corsEverywhere(adapter: AbstractHttpAdapter, count: number): readonly OtherCors[] {
  const calls = enableCorsCalls(adapter);
  return Array.from({ length: count }, (_, index) => {
    const call = calls?.[index] ?? { source: calls === undefined ? 'unknown' : 'middleware', caller: undefined };
    return { ...call, mounts: [] };
  });
}

const LOCATION = /((?:file:\/\/)?(?:\/|[A-Za-z]:\\)[^()]*):(\d+):\d+\)?$/;

/** The first line that is neither Nest's nor ours. Nest's `applyOptions` is what reads `{ cors }`. */
function callOf(stack: unknown): EnableCorsCall {
  if (typeof stack !== 'string') {
    return { source: 'enableCors', caller: undefined };
  }
  // The first line is the message, the second the function above.
  const frames = stack.split('\n').slice(2);
  if (frames.some((frame) => frame.includes('applyOptions'))) {
    return { source: 'option', caller: undefined };
  }
  const places = frames.flatMap((frame) => placeOf(frame) ?? []);
  return { source: 'enableCors', caller: places.find((place) => !/@nestjs[/\\]/.test(place)) };
}

/** `src/main.ts:12`, below the folder that the application runs in. */
function placeOf(frame: string): string | undefined {
  const [, file, line] = LOCATION.exec(frame.trim()) ?? [];
  if (file === undefined || line === undefined) {
    return undefined;
  }
  const path = file.replace(/^file:\/\//, '');
  const folder = `${cwd()}/`;
  return `${path.startsWith(folder) ? path.slice(folder.length) : path}:${line}`;
}
