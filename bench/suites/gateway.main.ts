/** An application with a gateway that listens, until its parent goes; says what processor time it has used whenever it is asked. */
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';

import { startGateway, type SocketKind } from '../apps/gateways.js';

const [kind = 'ws', way = 'bare'] = process.argv.slice(2);
const app = await startGateway(kind as SocketKind, way !== 'bare');
const server: Server = app.getHttpServer();
process.on('disconnect', () => process.exit());
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ microseconds: user + system });
});
process.send?.({ port: (server.address() as AddressInfo).port });
