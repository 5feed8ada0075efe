import type { HttpAdapterHost } from '@nestjs/core';

import { watchEnableCors } from './enable-cors.js';
import { watchSecurityHook } from './security-hook.js';

/** Notes what is called on the adapter from now on: the testing module sets it after the providers have been created. */
export function watchAdapter(host: HttpAdapterHost): void {
  host.init$.subscribe(() => {
    watchEnableCors(host.httpAdapter);
    watchSecurityHook(host.httpAdapter);
  });
}
