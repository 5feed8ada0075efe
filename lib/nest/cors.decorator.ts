import 'reflect-metadata';

import type { CorsPolicyName, CorsPolicyOptions } from '../policy/options.js';
import { CORS_METADATA, CORS_MISPLACED_METADATA } from './cors.constants.js';

/** What `@Cors` takes. */
export type CorsDecoratorValue = CorsPolicyOptions | CorsPolicyName | false;

/**
 * Says who may call a controller or a handler from another origin. On a Nest module class it is for the module's own controllers.
 *
 * Takes a policy, which is merged key by key over what is farther away (`forRoot`, module class, base class, controller); the
 * name of a policy from `forRoot({ policies })`, short for `{ use: name }`; or `false`: not shared with other origins.
 * A stack of several applies from the bottom up.
 *
 * It throws nothing: what is wrong with a policy, or with its place, is found when the app starts, together with all other
 * mistakes, in one `CorsConfigError`.
 *
 * ```ts
 * @Controller('cats')
 * @Cors({ origin: 'https://app.example.com', credentials: true })
 * export class CatsController {
 *   @Get() list() {}
 *   @Cors(false) @Delete(':id') remove() {}
 * }
 * ```
 */
export function Cors(policy: CorsDecoratorValue): ClassDecorator & MethodDecorator {
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    const method: unknown = descriptor?.value;
    if (key === undefined) {
      append(CORS_METADATA, policy, target);
    } else if (typeof target !== 'function' && typeof method === 'function') {
      append(CORS_METADATA, policy, method);
    } else {
      append(CORS_MISPLACED_METADATA, String(key), typeof target === 'function' ? target : target.constructor);
    }
  };
}

/** A new list each time: a subclass reads its base's list and must not add to it. */
function append(metadataKey: string, value: unknown, target: object): void {
  const own: unknown = Reflect.getOwnMetadata(metadataKey, target);
  const earlier: readonly unknown[] = Array.isArray(own) ? own : [];
  Reflect.defineMetadata(metadataKey, [...earlier, value], target);
}
