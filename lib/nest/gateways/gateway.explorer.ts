import type { ModulesContainer } from '@nestjs/core';

import type { PolicyLayer } from '../../policy/model/layer.js';
import type { Route } from '../../routing/route.js';
import { classChain } from '../metadata/class-chain.js';
import { readClassValues } from '../metadata/cors-metadata.js';
import { gatewayPlaceOf, isGateway, type GatewayPlace } from '../metadata/nest-metadata.js';
import type { NamedTarget } from '../policies/cors-route.js';
import { layerOf, moduleLayerOf } from '../routes/route.explorer.js';

/** A gateway of the application, with the `@Cors` layers that lie over `forRoot`. */
export interface ExploredGateway extends Omit<GatewayPlace, 'path'>, NamedTarget {
  /** The `path` option. */
  readonly serverPath: string | undefined;
  readonly where: string;
  readonly type: object;
  /** Far to near, without `forRoot`. */
  readonly layers: readonly PolicyLayer[];
  /** What stands for it where routes are looked up: its policy has this id. */
  readonly route: Route;
}

/** How `routes()` and the start-up table call the method of a socket. */
export const SOCKET_METHOD = 'SOCKET';

/**
 * Finds the gateways in the order in which Nest connects them: providers with the mark of `@WebSocketGateway()` on their class.
 *
 * @param firstId - the ids of gateways follow those of the routes.
 */
export function exploreGateways(modules: ModulesContainer, firstId: number): readonly ExploredGateway[] {
  const gateways: ExploredGateway[] = [];
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
        where: metatype.name,
        type: metatype,
        layers: moduleLayer === undefined ? own : [moduleLayer, ...own],
        route: Object.freeze(route),
      });
    }
  }
  return gateways;
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
