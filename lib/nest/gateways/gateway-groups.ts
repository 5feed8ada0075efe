import { CLOSED_POLICY } from '../../policy/compile.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import type { Route } from '../../routing/route.js';
import type { AppPolicies } from '../policies/app-policies.js';
import { namespaceOf, type ExploredGateway } from './gateway.explorer.js';

/** A policy that a handshake has to pass, and what it is the policy of. */
export interface Candidate {
  readonly policy: CorsPolicy;
  /** Undefined where no gateway is meant. */
  readonly route: Route | undefined;
}

/**
 * What one socket is for: every one of these policies has to allow it. None if there is nothing to check, as no policy
 * says anything.
 */
export type PolicyGroup = readonly Candidate[];

/**
 * The gateways by the sockets that they share. Nest makes one server for each port and path, and socket.io has namespaces on
 * it; gateways with the same port, path and namespace get every message of one socket, so that all of them have to allow it.
 */
export class GatewayGroups {
  /** By port and path, then by namespace. */
  readonly #doors = new Map<string, Map<unknown, ExploredGateway[]>>();

  constructor(gateways: readonly ExploredGateway[]) {
    for (const gateway of gateways) {
      const key = doorKey(gateway.port, gateway.serverPath);
      const namespaces = this.#doors.get(key) ?? new Map<unknown, ExploredGateway[]>();
      this.#doors.set(key, namespaces);
      const namespace = namespaceOf(gateway.namespace);
      namespaces.set(namespace, [...(namespaces.get(namespace) ?? []), gateway]);
    }
  }

  knows(door: string): boolean {
    return this.#doors.has(door);
  }

  /** All gateways behind one server. */
  gatewaysAt(door: string): readonly ExploredGateway[] {
    return [...(this.#doors.get(door)?.values() ?? [])].flat();
  }

  /** One group for each namespace that has gateways: a handshake may be for any of them. */
  groupsAt(door: string, appPolicies: AppPolicies): readonly PolicyGroup[] {
    const namespaces = this.#doors.get(door);
    if (namespaces === undefined) {
      return [groupOf([], appPolicies)];
    }
    return [...namespaces.values()].map((gateways) => groupOf(gateways, appPolicies));
  }

  /** A namespace that no gateway serves follows `forRoot`'s policy. */
  groupAt(door: string, namespace: unknown, appPolicies: AppPolicies): PolicyGroup {
    return groupOf(this.#doors.get(door)?.get(namespaceOf(namespace)) ?? [], appPolicies);
  }
}

/** The key under which Nest itself keeps a server. */
export function doorKey(port: number, path: string | undefined): string {
  return JSON.stringify([port, path]);
}

export function baseGroup({ base }: AppPolicies): PolicyGroup {
  return base === undefined ? [] : [{ policy: base, route: undefined }];
}

/** A gateway without a policy counts as closed beside others, unless none has one. */
function groupOf(gateways: readonly ExploredGateway[], appPolicies: AppPolicies): PolicyGroup {
  if (gateways.length === 0) {
    return baseGroup(appPolicies);
  }
  const policies = gateways.map(({ route }) => appPolicies.byRoute[route.id]);
  if (policies.every((policy) => policy === undefined)) {
    return [];
  }
  return gateways.map(({ route }, index) => ({ policy: policies[index] ?? CLOSED_POLICY, route }));
}
