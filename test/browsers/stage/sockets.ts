import type { Server } from 'node:http';
import type { Type } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { Cors, type CorsPathPolicy } from 'nestjs-cors';
import { WebSocketServer } from 'ws';
import { policies, SOCKET_POLICY_NAMES } from '../scenarios/policies.js';
import type { OriginsOfPages } from './page-origins.js';

/** A gateway of socket.io for each policy, at `/io/<name>`. */
export function socketGateways(at: OriginsOfPages): readonly Type<object>[] {
  return SOCKET_POLICY_NAMES.map((name) => {
    @WebSocketGateway({ path: `/io/${name}` })
    class PolicyGateway {}
    const policy = policies[name]?.write(at) ?? null;
    if (policy !== null) {
      Cors(policy)(PolicyGateway);
    }
    return PolicyGateway;
  });
}

/** The entries of `paths` for `/ws/<name>`. */
export function socketPaths(at: OriginsOfPages): readonly CorsPathPolicy[] {
  return SOCKET_POLICY_NAMES.flatMap((name) => {
    const policy = policies[name]?.write(at) ?? null;
    return policy === null ? [] : [{ path: `/ws/${name}`, policy }];
  });
}

/** Takes the upgrades of `/ws/<name>`, as what is written against `node:http` does. */
export function takeUpgrades(server: Server): void {
  const sockets = new WebSocketServer({ noServer: true });
  // Each gateway has a socket.io of its own.
  server.setMaxListeners(0);
  server.on('upgrade', (request, socket, head) => {
    if (request.url?.startsWith('/ws/') === true) {
      sockets.handleUpgrade(request, socket, head, () => undefined);
    }
  });
}
