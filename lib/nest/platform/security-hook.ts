import type { AbstractHttpAdapter } from '@nestjs/core';

/**
 * What Nest 12 runs in front of middleware and routes for `app.enableCsrfProtection()` and `app.useSecurityHeaders()`. It returns
 * the error that answers a request which it refuses.
 */
export type SecurityHook = (request: unknown, response: unknown) => unknown;

/** By the adapter that it was registered with. */
const HOOKS = new WeakMap<object, { hook: SecurityHook | undefined }>();

/** Notes the hook that is registered from now on: neither the application nor the adapter tells it afterwards. */
export function watchSecurityHook(adapter: AbstractHttpAdapter | undefined): void {
  // Not before Nest 12.
  const register: unknown = adapter && Reflect.get(adapter, 'registerSecurityHook');
  if (adapter === undefined || typeof register !== 'function' || HOOKS.has(adapter)) {
    return;
  }
  const registered: { hook: SecurityHook | undefined } = { hook: undefined };
  HOOKS.set(adapter, registered);
  Reflect.set(adapter, 'registerSecurityHook', function watched(this: unknown, ...args: unknown[]): unknown {
    const [hook] = args;
    registered.hook = isHook(hook) ? hook : undefined;
    return Reflect.apply(register, this, args);
  });
}

/** Undefined where neither method was called, and before Nest 12. */
export function securityHookOf(adapter: AbstractHttpAdapter): SecurityHook | undefined {
  return HOOKS.get(adapter)?.hook;
}

function isHook(value: unknown): value is SecurityHook {
  return typeof value === 'function';
}
