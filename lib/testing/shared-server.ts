import type { AddressInfo, Server } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** Where a server can be reached while it is used. */
export interface Endpoint {
  readonly protocol: 'http:' | 'https:';
  readonly host: string;
  readonly port: number;
  /** Whether the certificate has to be one that Node trusts. A server of this very process needs none. */
  readonly verify: boolean;
  /** Closes what was opened for this use. */
  release(): Promise<void>;
}

/** A server that was opened here, and is closed with its last user. */
interface Lease {
  users: number;
  readonly opened: Promise<void>;
}

const leases = new WeakMap<Server, Lease>();
const closings = new WeakMap<Server, Promise<void>>();

/**
 * Shares a server of this process. If it does not listen, it is opened on a free loopback port for all its users at the same
 * time, and closed with the last of them: nothing stays open after a test.
 */
export async function borrowServer(server: Server): Promise<Endpoint> {
  // It cannot listen again before it has closed.
  for (let closing = closings.get(server); closing !== undefined; closing = closings.get(server)) {
    await closing;
  }
  const lease = leases.get(server) ?? openUnlessListening(server);
  if (lease === null) {
    return endpointOf(server, () => Promise.resolve());
  }
  lease.users += 1;
  await lease.opened;
  return endpointOf(server, () => giveBack(server, lease));
}

function openUnlessListening(server: Server): Lease | null {
  if (server.listening) {
    return null;
  }
  const lease: Lease = { users: 0, opened: listen(server) };
  leases.set(server, lease);
  lease.opened.catch(() => leases.delete(server));
  return lease;
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function giveBack(server: Server, lease: Lease): Promise<void> {
  lease.users -= 1;
  if (lease.users > 0) {
    return;
  }
  leases.delete(server);
  // It may have been closed meanwhile, for example by `app.close()`: that error is ignored.
  const closing = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  closings.set(server, closing);
  await closing;
  closings.delete(server);
}

function endpointOf(server: Server, release: () => Promise<void>): Endpoint {
  const address = server.address();
  if (!isNetworkAddress(address)) {
    throw new TypeError('The server does not listen on a TCP port');
  }
  // A listener on every interface is reached through loopback.
  const host = address.address.replace(/^0\.0\.0\.0$/, '127.0.0.1').replace(/^::$/, '::1');
  const protocol = server instanceof TlsServer ? 'https:' : 'http:';
  return { protocol, host, port: address.port, verify: false, release };
}

function isNetworkAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
