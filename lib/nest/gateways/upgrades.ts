import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { heedErrors, ignoreErrors, refuseUpgrade } from './refusal.js';

export interface UpgradeGate {
  /** Whether an upgrade goes on; a promise if a function or resolver has to be asked. It neither throws nor rejects. */
  judge(request: IncomingMessage, url: string): boolean | Promise<boolean>;
  /** What listeners threw after a promise was awaited: no caller could catch it, and the process would end. */
  onLateFailure(error: unknown): void;
}

/**
 * Judges every upgrade of a server before any listener gets it: from its first listener on, as Node emits none before.
 *
 * All `upgrade` listeners run, whatever the first one does, so the check has to come before all of them: in the server's
 * `emit`, which tracers wrap as well. It covers present and future listeners. A server without sockets keeps its own `emit`,
 * which runs for every request.
 */
export function holdUpgrades(server: NodeJS.EventEmitter, gate: UpgradeGate): void {
  let isHeld = false;
  const hold = (): void => {
    if (!isHeld) {
      isHeld = true;
      holdEmit(server, gate);
    }
  };
  if (server.listenerCount('upgrade') > 0) {
    hold();
    return;
  }
  const watch = (event: string | symbol): void => {
    if (event === 'upgrade') {
      hold();
    }
  };
  server.on('newListener', watch);
  server.on('removeListener', (_event, listener: unknown) => {
    // Somebody removes all listeners: the next ones would not be seen.
    if (listener === watch) {
      hold();
    }
  });
}

function holdEmit(server: NodeJS.EventEmitter, gate: UpgradeGate): void {
  const { emit } = server;
  server.emit = function (this: NodeJS.EventEmitter, event: string | symbol, ...args: unknown[]): boolean {
    const [request, socket] = args;
    if (event !== 'upgrade' || !isRequest(request) || !isSocket(socket)) {
      return emit.call(this, event, ...args);
    }
    passUpgrade(gate, request, socket, () => emit.call(this, event, ...args));
    return true;
  };
}

/** Runs `goOn` once the gate lets the upgrade pass; otherwise the socket is refused and ended. */
export function passUpgrade(gate: UpgradeGate, request: IncomingMessage, socket: Duplex, goOn: () => unknown): void {
  const passes = gate.judge(request, request.url ?? '/');
  if (passes === true) {
    goOn();
  } else if (passes === false) {
    refuseUpgrade(socket);
  } else {
    ignoreErrors(socket);
    passes
      .then((late) => {
        if (socket.destroyed) {
          return;
        }
        if (late) {
          heedErrors(socket);
          goOn();
        } else {
          refuseUpgrade(socket);
        }
      })
      .catch((error: unknown) => {
        gate.onLateFailure(error);
        socket.destroy();
      });
  }
}

function isRequest(value: unknown): value is IncomingMessage {
  return typeof value === 'object' && value !== null && 'headers' in value && 'socket' in value;
}

function isSocket(value: unknown): value is Duplex {
  return typeof value === 'object' && value !== null && 'end' in value && 'destroy' in value && 'on' in value;
}
