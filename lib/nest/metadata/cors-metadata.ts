import type { PolicyLayer } from '../../policy/model/layer.js';

// Strings, so that two loaded copies of this package (an ES module and a CommonJS one, for example) understand each other.

/** The `@Cors` values of a class or a handler, in the order in which the decorators were executed. */
const CORS_METADATA = 'nestjs-cors:policies';

/** The names of the methods with a `@Cors`, once for each of them, even if the functions are replaced. On the class. */
const CORS_DECORATED_METADATA = 'nestjs-cors:decorated';

/** The names of the members with a `@Cors` that can take none: properties, accessors, static methods. On the class. */
const CORS_MISPLACED_METADATA = 'nestjs-cors:misplaced';

/** On a controller of this package's own. */
const CORS_INTERNAL_METADATA = 'nestjs-cors:internal';

/** The `@Cors` values of one target as they were written, not checked yet. */
export type CorsValues = readonly unknown[];

/** The `@Cors` values of exactly this class, in the order of execution; none where it has no `@Cors`. */
export function readClassValues(target: object): CorsValues {
  return listIn(Reflect.getOwnMetadata(CORS_METADATA, target));
}

/**
 * The same of a handler.
 *
 * Another decorator may have replaced the method with its own function. If that inherits from the method, as with
 * @toss/nestjs-aop, Nest finds `@Get()` and `@UseGuards()` on it, and `@Cors` is found as well.
 */
export function readHandlerValues(handler: object): CorsValues {
  let target: object | null = handler;
  // Not up to `Function.prototype`: every function inherits from it.
  while (typeof target === 'function' && target !== Function.prototype) {
    if (Reflect.hasOwnMetadata(CORS_METADATA, target)) {
      return readClassValues(target);
    }
    target = Reflect.getPrototypeOf(target);
  }
  return [];
}

/** The methods of exactly this class that were given a `@Cors`, once for each, even if it was replaced. */
export function readDecorated(target: object): readonly unknown[] {
  return listIn(Reflect.getOwnMetadata(CORS_DECORATED_METADATA, target));
}

/** The members of exactly this class that carry a `@Cors` and can take none. */
export function readMisplaced(target: object): readonly string[] {
  return listIn(Reflect.getOwnMetadata(CORS_MISPLACED_METADATA, target)).map(String);
}

/** Whether exactly this controller belongs to this package: its routes are not listed among the application's. */
export function isInternal(controller: object): boolean {
  return Reflect.getOwnMetadata(CORS_INTERNAL_METADATA, controller) === true;
}

/** Marks a controller of this package's own, such as the inspector's. */
export function Internal(): ClassDecorator {
  return (controller) => Reflect.defineMetadata(CORS_INTERNAL_METADATA, true, controller);
}

export function addClassValue(value: unknown, target: object): void {
  // A new list each time: a subclass reads its base's list and must not add to it.
  Reflect.defineMetadata(CORS_METADATA, [...readClassValues(target), value], target);
}

export function addHandlerValue(value: unknown, handler: object): void {
  Reflect.defineMetadata(CORS_METADATA, [...readHandlerValues(handler), value], handler);
}

export function addDecorated(member: string | symbol, target: object): void {
  Reflect.defineMetadata(CORS_DECORATED_METADATA, [...readDecorated(target), member], target);
}

export function addMisplaced(member: string | symbol, target: object): void {
  Reflect.defineMetadata(CORS_MISPLACED_METADATA, [...readMisplaced(target), String(member)], target);
}

function listIn(metadata: unknown): readonly unknown[] {
  return Array.isArray(metadata) ? metadata : [];
}

/** `@Cors` on a Nest module class: for its own controllers and gateways. */
export function moduleLayerOf(module: { readonly name: string }): PolicyLayer | undefined {
  return layerOf(readClassValues(module), `${module.name} (every controller)`);
}

export function layerOf(values: CorsValues, where: string): PolicyLayer | undefined {
  return values.length === 0 ? undefined : { where, values };
}
