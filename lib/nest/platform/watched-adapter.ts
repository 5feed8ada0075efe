import type { AbstractHttpAdapter, HttpAdapterHost } from '@nestjs/core';

import { watchEnableCors } from './enable-cors.js';
import { watchSecurityHook } from './security-hook.js';

/** Notes what is called on the adapter from now on: the testing module sets it after the providers have been created. */
export function watchAdapter(host: HttpAdapterHost): void {
  const { httpAdapter }: Partial<HttpAdapterHost> = host;
  if (httpAdapter === undefined) {
    host.init$.subscribe(() => watch(host.httpAdapter));
  } else {
    watch(httpAdapter);
  }
}

function watch(adapter: AbstractHttpAdapter): void {
  watchEnableCors(adapter);
  watchSecurityHook(adapter);
}
