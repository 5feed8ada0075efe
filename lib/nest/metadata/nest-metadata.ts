import type { ControllerOptions, RequestMethod, Type } from '@nestjs/common';

/** A version as Nest's decorators take it. */
export type RouteVersion = ControllerOptions['version'];

/**
 * What Nest's own decorators leave on classes and handlers.
 *
 * The keys are spelt out: the module that exports them moved between Nest 11 and 12, the keys did not.
 */
const KEYS = {
  path: 'path',
  imports: 'imports',
  method: 'method',
  version: '__version__',
  host: 'host',
  modulePath: '__module_path__',
  gateway: 'websockets:is_gateway',
  gatewayPort: 'port',
  gatewayOptions: 'websockets:gateway_options',
  messageHandler: 'websockets:message_mapping',
  fastifyConfig: '__fastify_route_config__',
} as const;

/** The paths of `@Controller()` and `@Get()`; undefined if the target is neither a controller nor a handler. */
export function pathsOf(target: object): readonly string[] | undefined {
  const path: unknown = Reflect.getMetadata(KEYS.path, target);
  if (path === undefined) {
    return undefined;
  }
  return (Array.isArray(path) ? path : [path]).map(String);
}

/** The modules that `@Module({ imports })` of a class names: those that are given as they are, and dynamic ones. */
export function importsOf(module: Type): readonly object[] {
  const imports: unknown = Reflect.getMetadata(KEYS.imports, module);
  return [imports].flat().flatMap((each: unknown) => {
    const named: unknown = typeof each === 'object' && each !== null && 'module' in each ? each.module : each;
    return typeof named === 'function' ? [named] : [];
  });
}

/** Undefined where the decorator names none: then it is GET. */
export function requestMethodOf(handler: object): RequestMethod | undefined {
  const method: unknown = Reflect.getMetadata(KEYS.method, handler);
  return typeof method === 'number' ? method : undefined;
}

export function versionOf(target: object): RouteVersion | undefined {
  const version: unknown = Reflect.getMetadata(KEYS.version, target);
  return isVersion(version) ? version : undefined;
}

export function hostsOf(controller: Type): readonly (string | RegExp)[] {
  const host: unknown = Reflect.getMetadata(KEYS.host, controller);
  return [host].flat().filter((one) => typeof one === 'string' || one instanceof RegExp);
}

/** `@RouteConfig({ cors })`, as `@fastify/cors` reads it. */
export function hasFastifyCors(handler: object): boolean {
  const config: unknown = Reflect.getMetadata(KEYS.fastifyConfig, handler);
  return typeof config === 'object' && config !== null && Object.hasOwn(config, 'cors');
}

function isVersion(value: unknown): value is NonNullable<RouteVersion> {
  return typeof value === 'string' || typeof value === 'symbol' || Array.isArray(value);
}

/** The path that `RouterModule` gave a module of this application. */
export function modulePathOf(module: object, applicationId: string): string | undefined {
  const path: unknown =
    Reflect.getMetadata(KEYS.modulePath + applicationId, module) ?? Reflect.getMetadata(KEYS.modulePath, module);
  return typeof path === 'string' ? path : undefined;
}

export function isGateway(target: object): boolean {
  return Reflect.getMetadata(KEYS.gateway, target) === true;
}

/** What `@WebSocketGateway()` says of the server that a gateway is to stand on: read as Nest reads it. */
export interface GatewayPlace {
  /** 0: the application's own HTTP server. */
  readonly port: number;
  readonly path: string | undefined;
  /** A name, a RegExp or a function; undefined for the default namespace. */
  readonly namespace: unknown;
  /** The `cors` option of socket.io. */
  readonly cors: unknown;
}

export function gatewayPlaceOf(gateway: object): GatewayPlace {
  const port: unknown = Reflect.getMetadata(KEYS.gatewayPort, gateway);
  const options: unknown = Reflect.getMetadata(KEYS.gatewayOptions, gateway);
  const read = (name: string): unknown =>
    typeof options === 'object' && options !== null ? Reflect.get(options, name) : undefined;
  const path = read('path');
  return {
    port: typeof port === 'number' ? port : 0,
    path: typeof path === 'string' ? path : undefined,
    namespace: read('namespace') || undefined,
    cors: read('cors'),
  };
}

/** A method with `@SubscribeMessage()`. */
export function isMessageHandler(method: object): boolean {
  return Reflect.getMetadata(KEYS.messageHandler, method) === true;
}

/** A class of a chain of inheritance. */
export interface ClassLink {
  readonly target: object;
  readonly name: string;
  readonly prototype: object;
}

/** A class and what it extends, base class first. */
export function classChain(type: object): readonly ClassLink[] {
  const chain: ClassLink[] = [];
  for (let target: unknown = type; typeof target === 'function'; target = Object.getPrototypeOf(target)) {
    const prototype: unknown = Reflect.get(target, 'prototype');
    // Function.prototype is a function too, and the end of every chain.
    if (typeof prototype !== 'object' || prototype === null) {
      break;
    }
    chain.unshift({ target, name: target.name, prototype });
  }
  return chain;
}
