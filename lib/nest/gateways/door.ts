import type { IncomingMessage } from 'node:http';

import type { AppPolicies } from '../policies/app-policies.js';
import type { GatewayGroups, PolicyGroup } from './gateway.explorer.js';
import { isForeignHandshake, UNTOUCHED, type HandshakeJudge, type HandshakeVerdict } from './handshake.judge.js';
import {
  isSocketIoServer,
  isWsServer,
  propertyOf,
  type Connection,
  type Engine,
  type SocketIoServer,
  type SocketIoSocket,
  type WsServer,
} from './socket-servers.js';

/** What a door needs from the application. */
export interface DoorHost {
  readonly judge: HandshakeJudge;
  /** Undefined until the policies are compiled: a port of its own listens before that. */
  readonly appPolicies: AppPolicies | undefined;
  readonly groups: GatewayGroups;
  /** A handshake came before the policies were known. */
  reportEarly(): void;
  reportFault(error: unknown): void;
  /** The app threw after a promise was awaited, where no caller could catch it. */
  reportLateFailure(error: unknown): void;
}

const REFUSED: HandshakeVerdict = Object.freeze({ ...UNTOUCHED, passes: false });

export type NamespaceJudge = (socket: SocketIoSocket) => HandshakeVerdict | Promise<HandshakeVerdict>;

/** What follows for a door from the policies in force: computed at the first handshake under them. */
interface KnownGroups {
  readonly appPolicies: AppPolicies | undefined;
  readonly groups: readonly PolicyGroup[];
}

const noGroups: KnownGroups = { appPolicies: undefined, groups: [] };

/** A socket server of the application's, and the gateways behind it. */
export class Door {
  readonly #keys = new Set<string>();
  /** Of socket.io, once the server is attached. */
  engine: Engine | undefined;
  readonly #host: DoorHost;
  #groups = noGroups;

  constructor(
    host: DoorHost,
    readonly server: SocketIoServer | WsServer | object,
    readonly adapter: string,
    readonly port: number,
  ) {
    this.#host = host;
  }

  /** The keys under which Nest keeps it: several if an adapter returns one server for all. */
  get keys(): ReadonlySet<string> {
    return this.#keys;
  }

  addKey(key: string): void {
    this.#keys.add(key);
    this.#groups = noGroups;
  }

  /** Its handshakes are checked by this module. */
  get isJudged(): boolean {
    return isWsServer(this.server) || this.engine !== undefined;
  }

  /** The `cors` option of socket.io's engine. */
  get cors(): unknown {
    return propertyOf(propertyOf(this.engine, 'opts'), 'cors');
  }

  /** Whether it takes this upgrade of the HTTP server: read as the server reads it. */
  claims(httpServer: unknown, url: string): boolean {
    if (isSocketIoServer(this.server)) {
      return propertyOf(this.server, 'httpServer') === httpServer && url.startsWith(prefixOf(this.server));
    }
    if (!isWsServer(this.server)) {
      return false;
    }
    const options = propertyOf(this.server, 'options');
    const attached = propertyOf(options, 'server');
    if (attached !== undefined && attached !== null) {
      const path = propertyOf(options, 'path');
      // Like ws: everything before the query; without a path, every target.
      return attached === httpServer && (typeof path !== 'string' || path === '' || path === url.replace(/\?.*$/s, ''));
    }
    // Nest's adapter hands upgrades of the application's server on by the path that it has put on each of its servers.
    return this.port === 0 && propertyOf(this.server, 'path') === pathnameOf(url);
  }

  /** What a handshake at this server may be for. */
  groups(appPolicies: AppPolicies): readonly PolicyGroup[] {
    if (this.#groups.appPolicies !== appPolicies) {
      const groups = [...this.#keys].flatMap((key) => this.#host.groups.groupsAt(key, appPolicies));
      // Without namespaces every gateway gets every socket, so that all of them have to allow it.
      this.#groups = { appPolicies, groups: isWsServer(this.server) ? [groups.flat()] : groups };
    }
    return this.#groups.groups;
  }

  judge(raw: IncomingMessage): HandshakeVerdict | Promise<HandshakeVerdict> {
    return this.#judge(raw, (appPolicies) => this.groups(appPolicies));
  }

  /** For the client files that socket.io serves: everybody gets them, and the verdict only says which CORS headers they have. */
  verdictOnFile(raw: IncomingMessage): HandshakeVerdict | Promise<HandshakeVerdict> {
    try {
      const { appPolicies, judge } = this.#host;
      if (appPolicies === undefined) {
        return UNTOUCHED;
      }
      const verdict = judge.verdictOn({ raw, appPolicies, groups: this.groups(appPolicies) });
      return verdict instanceof Promise ? verdict.then(passing) : passing(verdict);
    } catch (error) {
      this.#host.reportFault(error);
      return UNTOUCHED;
    }
  }

  /** @param namespace - as it was given to `of()`: a RegExp or a function for all that it takes. */
  namespaceJudge(namespace: unknown): NamespaceJudge {
    let known = noGroups;
    const groupsOf = (appPolicies: AppPolicies): readonly PolicyGroup[] => {
      if (known.appPolicies !== appPolicies) {
        known = { appPolicies, groups: [this.#host.groups.groupAt(this.#keys, namespace, appPolicies)] };
      }
      return known.groups;
    };
    return ({ request, conn }) => {
      if (request !== undefined && request !== null) {
        return this.#judge(request, groupsOf, conn);
      }
      const { appPolicies } = this.#host;
      return appPolicies !== undefined && isOpen(groupsOf(appPolicies)) ? UNTOUCHED : REFUSED;
    };
  }

  /** Whether pages of every origin may come: nothing can be told of a WebTransport session's origin. */
  get isOpenToAll(): boolean {
    const { appPolicies } = this.#host;
    return appPolicies !== undefined && isOpen(this.groups(appPolicies));
  }

  reportLateFailure(error: unknown): void {
    this.#host.reportLateFailure(error);
  }

  #judge(
    raw: IncomingMessage,
    groupsOf: (appPolicies: AppPolicies) => readonly PolicyGroup[],
    session?: Connection,
  ): HandshakeVerdict | Promise<HandshakeVerdict> {
    try {
      const { appPolicies, judge } = this.#host;
      if (appPolicies !== undefined) {
        return judge.judge({ raw, appPolicies, groups: groupsOf(appPolicies), session });
      }
      if (!isForeignHandshake(raw)) {
        return UNTOUCHED;
      }
      this.#host.reportEarly();
    } catch (error) {
      this.#host.reportFault(error);
    }
    return REFUSED;
  }
}

function isOpen(groups: readonly PolicyGroup[]): boolean {
  return groups.flat().every(({ policy }) => policy.origins.everyone);
}

/** As engine.io compares it: the beginning of the target, letter by letter. */
function prefixOf(server: SocketIoServer): string {
  const isBare = propertyOf(propertyOf(server, 'opts'), 'addTrailingSlash') === false;
  const path = String(server.path()).replace(/\/$/, '');
  return isBare ? path : `${path}/`;
}

function pathnameOf(url: string): string | undefined {
  try {
    return new URL(url, 'ws://localhost/').pathname;
  } catch {
    return undefined;
  }
}

function passing(verdict: HandshakeVerdict): HandshakeVerdict {
  return { ...verdict, passes: true };
}
