import type { AbstractHttpAdapter } from '@nestjs/core';

import { settle } from '../report/settle.js';

/**
 * What Nest 12 runs in front of middleware and routes for `app.enableCsrfProtection()` and `app.useSecurityHeaders()`. It returns
 * the error that answers a request which it refuses.
 */
export type SecurityHook = (request: unknown, response: unknown) => unknown;

/** Nest's place for such a hook, in one adapter. */
interface Slot {
  readonly fill: (hook: SecurityHook) => void;
  /** The one that the application has registered. */
  hook: SecurityHook | undefined;
  isShared: boolean;
}

/** By the adapter. */
const SLOTS = new WeakMap<object, Slot>();

/** Notes the hook that is registered from now on: neither the application nor the adapter tells it afterwards. */
export function watchSecurityHook(adapter: AbstractHttpAdapter | undefined): void {
  // Not before Nest 12.
  const register: unknown = adapter && Reflect.get(adapter, 'registerSecurityHook');
  if (adapter === undefined || typeof register !== 'function' || SLOTS.has(adapter)) {
    return;
  }
  const slot: Slot = {
    fill: (hook) => {
      Reflect.apply(register, adapter, [hook]);
    },
    hook: earlierHook(adapter),
    isShared: false,
  };
  SLOTS.set(adapter, slot);
  Reflect.set(adapter, 'registerSecurityHook', (hook: SecurityHook): void => {
    slot.hook = hook;
    if (!slot.isShared) {
      slot.fill(hook);
    }
  });
}

/** On an adapter that was given one before it was given to an application: what is registered next would take its place. */
function earlierHook(adapter: AbstractHttpAdapter): SecurityHook | undefined {
  const hook: unknown = Reflect.get(adapter, 'securityHook');
  return isHook(hook) ? hook : undefined;
}

function isHook(value: unknown): value is SecurityHook {
  return typeof value === 'function';
}

/** Undefined where neither method was called, and before Nest 12. */
export function securityHookOf(adapter: AbstractHttpAdapter): SecurityHook | undefined {
  return SLOTS.get(adapter)?.hook;
}

/** Has that hook set its headers on a response that is sent in front of it. What else it says does not matter. Never throws. */
export function runSecurityHook(adapter: AbstractHttpAdapter, request: unknown, response: unknown): void {
  const ignore = (): void => {
    // A function in `exclude` of the app's has thrown, for example. The request is refused in any case.
  };
  try {
    settle(securityHookOf(adapter)?.(request, response), ignore);
  } catch {
    ignore();
  }
}

/** Runs `first` in front of what the application registers, or alone. Only for an adapter that replaces one hook by the next. */
export function shareSecurityHook(
  adapter: AbstractHttpAdapter,
  first: (request: unknown, response: unknown) => void,
): void {
  const slot = SLOTS.get(adapter);
  if (slot === undefined || slot.isShared) {
    return;
  }
  slot.isShared = true;
  slot.fill((request, response) => {
    first(request, response);
    return slot.hook?.(request, response);
  });
}
