import type { ModulesContainer } from '@nestjs/core';
import type { PolicyLayer } from '../../policy/model/layer.js';
import type { Route } from '../../routing/route.js';
import { classChain, gatewayPlaceOf, isGateway, type GatewayPlace } from '../metadata/nest-metadata.js';
import { layerOf, moduleLayerOf, readClassValues } from '../metadata/cors-metadata.js';
import { SOCKET_METHOD, type NamedTarget } from '../policies/cors-route.js';
import { CLOSED_POLICY } from '../../policy/compile.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import type { AppPolicies } from '../policies/app-policies.js';

/** A gateway of the application, with the `@Cors` layers that lie over `forRoot`. */
export interface ExploredGateway extends Omit<GatewayPlace, 'path'>, NamedTarget {
  /** The `path` option. */
  readonly serverPath: string | undefined;
  readonly where: string;
  readonly place: string;
  readonly isShared: boolean;
  readonly type: object;
  /** Far to near, without `forRoot`. */
  readonly layers: readonly PolicyLayer[];
  /** What stands for it where routes are looked up: its policy has this id. */
  readonly route: Route;
}

/**
 * Finds the gateways in the order in which Nest connects them: providers with the mark of `@WebSocketGateway()` on their class.
 *
 * @param firstId - the ids of gateways follow those of the routes.
 */
export function exploreGateways(modules: ModulesContainer, firstId: number): readonly ExploredGateway[] {
  const gateways: Omit<ExploredGateway, 'isShared'>[] = [];
  for (const module of modules.values()) {
    const moduleLayer = moduleLayerOf(module.metatype);
    for (const { metatype, isNotMetatype } of module.providers.values()) {
      // Like Nest: an object from a factory or a value provider is not a gateway, whatever its class.
      if (isNotMetatype || typeof metatype !== 'function' || !isGateway(metatype)) {
        continue;
      }
      const place = gatewayPlaceOf(metatype);
      const own = classChain(metatype).flatMap(({ target, name }) => layerOf(readClassValues(target), name) ?? []);
      const route = { id: firstId + gateways.length, method: SOCKET_METHOD, path: urlOf(place), selective: false };
      gateways.push({
        ...place,
        serverPath: place.path,
        ...route,
        name: metatype.name,
        place: metatype.name,
        isInternal: false,
        where: metatype.name,
        type: metatype,
        layers: moduleLayer === undefined ? own : [moduleLayer, ...own],
        route: Object.freeze(route),
      });
    }
  }
  const isExtended = ({ type, layers }: (typeof gateways)[number]): boolean =>
    gateways.some((other) => other.layers !== layers && classChain(other.type).some(({ target }) => target === type));
  return gateways.map((gateway) => ({ ...gateway, isShared: isExtended(gateway) }));
}

/** Where a gateway is found, for reading: `:3001/socket.io`, with the namespace behind it. */
function urlOf({ port, path = '', namespace }: GatewayPlace): string {
  const host = port === 0 ? '' : `:${port}`;
  const location = `${host}${path === '' || path.startsWith('/') ? path : `/${path}`}`;
  const name = namespace === undefined ? '' : namespaceKey(namespace);
  return [location, name].filter((part) => part !== '').join(' ') || '/';
}

/** The namespace as socket.io calls it; RegExps and functions are themselves. */
export function namespaceOf(namespace: unknown): unknown {
  if (namespace === undefined || namespace === '') {
    return '/';
  }
  return typeof namespace === 'string' && !namespace.startsWith('/') ? `/${namespace}` : namespace;
}

function namespaceKey(namespace: unknown): string {
  return typeof namespace === 'function'
    ? `namespace by ${namespace.name || 'a function'}`
    : `namespace ${String(namespaceOf(namespace))}`;
}

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

  /**
   * A namespace that no gateway serves follows `forRoot`'s policy.
   *
   * @param doors - all of one server.
   */
  groupAt(doors: Iterable<string>, namespace: unknown, appPolicies: AppPolicies): PolicyGroup {
    const gateways = [...doors].flatMap((door) => this.#doors.get(door)?.get(namespaceOf(namespace)) ?? []);
    return groupOf(gateways, appPolicies);
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
