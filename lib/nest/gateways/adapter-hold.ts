import type { ApplicationConfig } from '@nestjs/core';

import { methodOf, propertyOf } from './socket-servers.js';

/** One call of an adapter's `create()`, which Nest makes for each port and path, and again for each namespace. */
export interface CreatedServer {
  readonly port: number;
  readonly path: string | undefined;
  readonly namespace: unknown;
  /** What the adapter returned: a server, or a namespace of one. */
  readonly server: unknown;
  /** The name of the adapter's class. */
  readonly adapter: string;
}

/**
 * Learns of every socket server that Nest creates through this application's adapter.
 *
 * Nest connects gateways before it calls any hook of this module, and it reads their options from the class, which other
 * applications of the process may share. Only the adapter belongs to one application alone: `useWebSocketAdapter()`
 * and Nest's own default both come through `setIoAdapter()` of its configuration.
 */
export function holdAdapter(config: ApplicationConfig, created: (server: CreatedServer) => void): void {
  const held = new WeakSet<object>();
  const hold = (adapter: unknown): void => {
    const create = methodOf(adapter, 'create');
    if (typeof adapter !== 'object' || adapter === null || create === undefined || held.has(adapter)) {
      return;
    }
    held.add(adapter);
    const value = (port: unknown, options: unknown, ...others: unknown[]): unknown => {
      const server = create.call(adapter, port, options, ...others);
      const path = propertyOf(options, 'path');
      created({
        port: typeof port === 'number' ? port : 0,
        path: typeof path === 'string' ? path : undefined,
        namespace: propertyOf(options, 'namespace'),
        server,
        adapter: adapter.constructor.name,
      });
      return server;
    };
    Object.defineProperty(adapter, 'create', { value, configurable: true, writable: true });
  };
  hold(config.getIoAdapter());
  const setIoAdapter = config.setIoAdapter.bind(config);
  config.setIoAdapter = (adapter) => {
    hold(adapter);
    setIoAdapter(adapter);
  };
}
