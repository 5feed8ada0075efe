import { createServer, type Server } from 'node:net';

/**
 * From here up, every second port is a lease on the next one. Below the ports that systems give out for `listen(0)` and for
 * outgoing connections, and without one that `fetch` blocks.
 */
const FIRST = 20_000;
const PAIRS = 5_000;

/**
 * A port that nothing listens on, for what must know its port before it listens. No other test gets it as long as this process
 * runs: it keeps listening on the port in front, as its lease.
 */
export async function freePort(): Promise<number> {
  for (let turn = 0; turn < PAIRS; turn += 1) {
    // Processes begin at different ports, as each that is taken is tried in vain.
    const lease = FIRST + 2 * ((process.pid * 97 + turn) % PAIRS);
    const holder = await listen(lease, '127.0.0.1');
    if (holder === undefined) {
      continue;
    }
    // Something else may use it, with a fixed port.
    const probe = await listen(lease + 1);
    if (probe !== undefined) {
      await new Promise((resolve) => probe.close(resolve));
      holder.unref();
      return lease + 1;
    }
    await new Promise((resolve) => holder.close(resolve));
  }
  throw new Error('There is no free port');
}

/** Undefined if the port is taken. */
async function listen(port: number, host?: string): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}
