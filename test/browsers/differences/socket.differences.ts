import { mapRequests } from '../observation.js';
import type { EngineDifference } from './engine-difference.js';

export const socketDifferences: readonly EngineDifference[] = [
  {
    engines: ['Chromium'],
    what: 'The handshake of a WebSocket has no `Sec-Fetch-Site` and no `Sec-Fetch-Mode`: whether a page is the server’s own is told by `Origin` and `Host` alone',
    clause: 'https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header',
    sees: (reference) =>
      mapRequests(reference, (request) =>
        request.mode === 'websocket' ? { ...request, site: null, mode: null } : request,
      ),
  },
];
