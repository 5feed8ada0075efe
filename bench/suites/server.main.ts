/** An application that listens, until its parent goes. */
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';

import { startApp, type CorsWay, type PlatformName } from '../apps/start.js';

const [platform = 'express', way = 'bare'] = process.argv.slice(2);
const app = await startApp(platform as PlatformName, way as CorsWay);
await app.listen(0, '127.0.0.1');
const server: Server = app.getHttpServer();
process.on('disconnect', () => process.exit());
process.send?.({ port: (server.address() as AddressInfo).port });
