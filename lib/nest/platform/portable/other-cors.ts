import type { AbstractHttpAdapter } from '@nestjs/core';

import { corsEverywhere, enableCorsCalls, type OtherCors } from '../enable-cors.js';

/**
 * Other code that answers for CORS at every URL: calls of `enableCors()`, and the middleware of the package `cors`, which both
 * NodeAdapter and Express keep in a stack. On other platforms only the calls are seen.
 */
export function findOtherCors(adapter: AbstractHttpAdapter): readonly OtherCors[] {
  const layers = stackOf(adapter.getInstance()).filter(isCorsEverywhere);
  // The middleware of a call is one of the layers.
  return corsEverywhere(adapter, Math.max(enableCorsCalls(adapter)?.length ?? 0, layers.length));
}

function stackOf(instance: unknown): readonly unknown[] {
  const stack = valueOf(instance, 'stack') ?? valueOf(valueOf(instance, 'router'), 'stack');
  return Array.isArray(stack) ? stack : [];
}

function isCorsEverywhere(layer: unknown): boolean {
  const handler = valueOf(layer, 'handler') ?? valueOf(layer, 'handle');
  const path = valueOf(layer, 'rawPath') ?? '/';
  return typeof handler === 'function' && handler.name === 'corsMiddleware' && path === '/' && !isMounted(layer);
}

function isMounted(layer: unknown): boolean {
  return valueOf(layer, 'isMount') === true;
}

function valueOf(holder: unknown, name: string): unknown {
  return (typeof holder === 'object' && holder !== null) || typeof holder === 'function'
    ? Reflect.get(holder, name)
    : undefined;
}
