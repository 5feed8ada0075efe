import type { ServerResponse } from 'node:http';

import type { Mount, SharedHook } from '../platform/platform.js';
import type { ServedApp } from './served-app.js';

/** The applications on one Express or Fastify instance: the interface between two copies of this package. */
export interface AppRegistry extends SharedHook {
  readonly apps: readonly ServedApp[];
  add(app: ServedApp): void;
  /** Forgets applications that are closed. */
  prune(): void;
  /** Records that the instance of other applications is mounted in this one. */
  mount(inner: AppRegistry, mount: Mount): void;
  /** Whether an application that is mounted in this instance may answer a request. */
  takes(method: string, url: string): boolean;
  /** Where that application is mounted, if the router reaches it before any route of this instance. */
  mountPathAt(method: string, url: string, request: unknown, isPreflight: boolean): string | undefined;
  /** Leaves a response to the instance that this one is mounted in. */
  skip(response: ServerResponse): void;
  /** Undoes `skip()`: the instance may be mounted in several places. */
  lead(response: ServerResponse): void;
  hasSkipped(response: ServerResponse): boolean;
}
