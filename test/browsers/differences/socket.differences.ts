import { mapRequests } from '../observation.js';
import type { EngineDifference } from './engine-difference.js';

export const socketDifferences: readonly EngineDifference[] = [
  {
    engines: ['Chromium'],
    what: 'The handshake of a WebSocket has no `Sec-Fetch-Site` and no `Sec-Fetch-Mode`: only `Origin` and `Host` show whether a page is the server’s own',
    clause: 'https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header',
    sees: (reference) =>
      mapRequests(reference, (request) =>
        request.mode === 'websocket' ? { ...request, site: null, mode: null } : request,
      ),
  },
];
