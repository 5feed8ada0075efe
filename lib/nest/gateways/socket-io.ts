import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Door } from './door.js';
import type { HandshakeVerdict } from './handshake.judge.js';
import type { PollingResponder } from './polling.responder.js';
import {
  isEngine,
  methodOf,
  propertyOf,
  type Engine,
  type SocketIoNamespace,
  type SocketIoServer,
} from './socket-servers.js';
import { passUpgrade, type UpgradeGate } from './upgrades.js';

/** Checks every way by which a page gets a socket of socket.io: polling, upgrades, sessions, namespaces. */
export function holdSocketIo(
  server: SocketIoServer,
  door: Door,
  polling: PollingResponder,
  gate: UpgradeGate,
): NamespaceHold {
  const bind = server.bind.bind(server);
  server.bind = (engine: unknown) => {
    holdEngine(engine, door, polling, gate);
    return bind(engine);
  };
  // One that was attached in its constructor has its engine by now.
  holdEngine(propertyOf(server, 'engine'), door, polling, gate);
  holdFiles(server, door, polling);
  const namespaces = new NamespaceHold(door);
  const of = server.of.bind(server);
  // Called for each namespace that a client connects to, too: so one that was there before us is held in time.
  server.of = (name, listener) => namespaces.hold(of(name, listener), name);
  namespaces.hold(of('/'), '/');
  return namespaces;
}

function holdEngine(engine: unknown, door: Door, polling: PollingResponder, gate: UpgradeGate): void {
  if (!isEngine(engine) || engine === door.engine) {
    return;
  }
  door.engine = engine;
  const handleRequest = engine.handleRequest.bind(engine);
  engine.handleRequest = (request, response) =>
    polling.respond(door, request, response, () => handleRequest(request, response));
  const handleUpgrade = engine.handleUpgrade.bind(engine);
  engine.handleUpgrade = (request, socket, head) =>
    passUpgrade(gate, request, socket, () => handleUpgrade(request, socket, head));
  holdWebTransport(engine, door);
}

/** The files of the client are at URLs that socket.io takes away from the application's router as well. */
function holdFiles(server: SocketIoServer, door: Door, polling: PollingResponder): void {
  const serve = methodOf(server, 'serve');
  if (serve !== undefined) {
    Reflect.set(server, 'serve', (raw: IncomingMessage, response: ServerResponse) =>
      polling.respond(door, raw, response, () => serve.call(server, raw, response), true),
    );
  }
}

/** engine.io gets a session without headers: the page's origin is unknown, so only servers that are open to all accept it. */
function holdWebTransport(engine: Engine, door: Door): void {
  const start = methodOf(engine, 'onWebTransportSession');
  if (start === undefined) {
    return;
  }
  Reflect.set(engine, 'onWebTransportSession', async (session: unknown): Promise<unknown> => {
    if (door.isOpenToAll) {
      return start.call(engine, session);
    }
    return methodOf(session, 'close')?.call(session);
  });
}

/** Each namespace checks for itself: the handshake passes if any of them allows the page. */
export class NamespaceHold {
  readonly #held = new WeakSet<SocketIoNamespace>();
  /** Parents of namespaces by RegExp or function: the namespaces that they create inherit this middleware. */
  readonly #parents = new Set<SocketIoNamespace>();
  readonly #door: Door;

  constructor(door: Door) {
    this.#door = door;
  }

  hold(namespace: SocketIoNamespace, name: unknown): SocketIoNamespace {
    if (this.#held.has(namespace)) {
      return namespace;
    }
    this.#held.add(namespace);
    if (typeof name === 'string') {
      if ([...this.#parents].some((parent) => hasChild(parent, namespace))) {
        return namespace;
      }
    } else {
      this.#parents.add(namespace);
    }
    const judge = this.#door.namespaceJudge(name);
    namespace.use((socket, next) => {
      const verdict = judge(socket);
      if (verdict instanceof Promise) {
        verdict.then((late) => conclude(late, next)).catch((error: unknown) => this.#door.reportLateFailure(error));
      } else {
        conclude(verdict, next);
      }
    });
    return namespace;
  }
}

function conclude({ passes }: HandshakeVerdict, next: (error?: Error) => void): void {
  next(passes ? undefined : Object.assign(new Error('Forbidden'), { data: { status: 403 } }));
}

function hasChild(parent: SocketIoNamespace, namespace: SocketIoNamespace): boolean {
  const children = propertyOf(parent, 'children');
  return children instanceof Set && children.has(namespace);
}
