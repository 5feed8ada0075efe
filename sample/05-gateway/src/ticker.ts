import type { Server } from 'node:http';
import { WebSocketServer } from 'ws';

/** A socket beside Nest's gateways. It knows nothing about CORS: whoever is refused never gets here. */
export function openTicker(server: Server): void {
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (request.url?.startsWith('/ticker')) {
      sockets.handleUpgrade(request, socket, head, (client) => {
        client.send(`It is ${new Date().toISOString().slice(11, 19)}.`);
      });
    }
  });
}
