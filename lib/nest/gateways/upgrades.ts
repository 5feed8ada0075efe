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
 * Judges every upgrade of a server before any listener gets it.
 *
 * All `upgrade` listeners run, whatever the first one does, so the check has to come before all of them: in the server's
 * `emit`, which tracers wrap as well. It covers present and future listeners. It is replaced at once, not when somebody listens:
 * Fastify binds the `emit` that it finds to the server of its second address.
 */
export function holdUpgrades(server: NodeJS.EventEmitter, gate: UpgradeGate): void {
  const { emit } = server;
  server.emit = function (this: NodeJS.EventEmitter, ...event: [event: string | symbol, ...args: unknown[]]): boolean {
    // Every request and connection comes through here.
    if (event[0] !== 'upgrade') {
      return emit.apply(this, event);
    }
    const [, request, socket] = event;
    if (!isRequest(request) || !isSocket(socket)) {
      return emit.apply(this, event);
    }
    passUpgrade(gate, request, socket, () => emit.apply(this, event));
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
