import type { AbstractHttpAdapter, HttpAdapterHost } from '@nestjs/core';

import { watchRoutesOf } from './create-platform.js';
import { watchEnableCors } from './enable-cors.js';
import { watchSecurityHook } from './security-hook.js';

/** Notes what is called on the adapter from now on: the testing module sets it after the providers have been created. */
export function watchAdapter(host: HttpAdapterHost): void {
  if (!watch(host.httpAdapter)) {
    host.init$.subscribe(() => watch(host.httpAdapter));
  }
}

/** False where there is none yet. */
function watch(adapter: AbstractHttpAdapter | undefined): boolean {
  watchEnableCors(adapter);
  watchSecurityHook(adapter);
  watchRoutesOf(adapter);
  return adapter !== undefined;
}
