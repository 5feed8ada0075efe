/** A proxy whose API is down. It answers for itself, as proxies do: the right status, and not one header about CORS. */
import { once } from 'node:events';
import { createServer } from 'node:http';

export interface Proxy {
  readonly port: number;
  close(): Promise<void>;
}

export async function startProxy(port: number): Promise<Proxy> {
  const server = createServer((_request, response) => {
    response.writeHead(502, { 'Content-Type': 'text/plain' }).end('502 Bad Gateway\n');
  });
  server.listen(port, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
