import { severalArguments } from '../../policy/model/layer.js';
import type { CorsPolicyName, CorsPolicyOptions } from '../../policy/model/options.js';
import { addClassValue, addDecorated, addHandlerValue, addMisplaced } from './cors-metadata.js';

/** What `@Cors` takes. */
export type CorsDecoratorValue = CorsPolicyOptions | CorsPolicyName | false;

/**
 * Sets which other origins may call a handler, a controller or a gateway. On a Nest module class, it applies to the module's
 * own controllers and gateways.
 *
 * Takes a policy, which is merged key by key over the outer layers (`forRoot`, module class, base class, controller); the
 * name of a policy from `forRoot({ policies })`, short for `{ use: name }`; or `false`, which allows no other origin.
 * Several `@Cors` on one target apply from the bottom up.
 *
 * It never throws: a mistake in a policy or in its place is reported when the app starts, together with all other
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
export function Cors(policy: CorsDecoratorValue): ClassDecorator & MethodDecorator;
export function Cors(...given: readonly unknown[]): ClassDecorator & MethodDecorator {
  const [first, ...others] = given;
  const policy = others.some((other) => other !== undefined) ? severalArguments(given) : first;
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    const method: unknown = descriptor?.value;
    if (key === undefined) {
      addClassValue(policy, target);
    } else if (typeof target !== 'function' && typeof method === 'function') {
      addHandlerValue(policy, method);
      addDecorated(key, target.constructor);
    } else {
      addMisplaced(key, typeof target === 'function' ? target : target.constructor);
    }
  };
}
