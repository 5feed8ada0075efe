import { expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

import { freePort } from './free-port.js';

/** Of Linux; elsewhere the ports that IANA calls dynamic. */
const RANGE = '/proc/sys/net/ipv4/ip_local_port_range';

it('gives ports that the system gives to nobody, neither to a server nor to a connection', async () => {
  const [first = 0, last = 0] = (existsSync(RANGE) ? readFileSync(RANGE, 'utf8') : '49152 65535')
    .split(/\s+/)
    .map(Number);
  const port = await freePort();
  expect(last).toBeGreaterThan(first);
  expect(port < first || port > last).toBe(true);
});

it('gives each port once, though nothing listens on it yet', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, async () => freePort()));
  expect(new Set(ports).size).toBe(50);
});

it('gives no port that something listens on', async () => {
  const port = await freePort();
  // The next one, which would be given now. If it is taken already, that is as good.
  const server = createServer();
  await new Promise<unknown>((resolve) => {
    server.once('error', resolve).listen(port + 2, () => resolve(undefined));
  });
  try {
    expect(await freePort()).not.toBe(port + 2);
  } finally {
    server.close();
  }
});
