import type { Route } from '../../../routing/route.js';
import type { FrontRouter } from '../platform.js';
import type { ExpressLayer } from './express-router.js';

/** `app.use('/cats', router)`, in front of routes of controllers: it answers, and the policy is that of the route behind it. */
export class FrontExpressRouter implements FrontRouter {
  constructor(
    private readonly layer: ExpressLayer,
    readonly behind: ReadonlySet<Route>,
  ) {}

  mountPathAt(method: string, pathname: string): string | undefined {
    const mounted = mountPathOf(this.layer, pathname);
    return mounted !== undefined && mayAnswer(this.layer, method, pathname.slice(mounted.length))
      ? mounted === ''
        ? '/'
        : mounted
      : undefined;
  }
}

/** A router of Express's, or a whole application, which the router wraps in a function of this name. */
export function mayHoldRoutes({ route, name, handle }: ExpressLayer): boolean {
  return route === undefined && (name === 'mounted_app' || stackOf(handle) !== undefined);
}

/** What of the pathname the layer takes for its mount path; undefined where it is not mounted there. */
function mountPathOf(layer: ExpressLayer, pathname: string): string | undefined {
  try {
    const match = layer.match(pathname);
    if (match === false || match === undefined) {
      return undefined;
    }
    const path: unknown = typeof match === 'object' ? Reflect.get(match, 'path') : Reflect.get(layer, 'path');
    return typeof path === 'string' ? path : '';
  } catch {
    return undefined;
  }
}

/** A router answers where it has a route for the rest of the URL; of middleware within it nobody knows, nor of an application. */
function mayAnswer(layer: ExpressLayer, method: string, rest: string): boolean {
  const stack = stackOf(layer.handle);
  const pathname = rest.startsWith('/') ? rest : `/${rest}`;
  return (
    stack === undefined ||
    stack.some((inner) => {
      const mounted = mountPathOf(inner, pathname);
      if (mounted === undefined) {
        return false;
      }
      if (inner.route === undefined) {
        return stackOf(inner.handle) === undefined || mayAnswer(inner, method, pathname.slice(mounted.length));
      }
      const { methods } = inner.route;
      return methods['_all'] === true || method === 'ALL' || methods[method.toLowerCase()] === true;
    })
  );
}

function stackOf(handle: unknown): readonly ExpressLayer[] | undefined {
  const stack: unknown = typeof handle === 'function' ? Reflect.get(handle, 'stack') : undefined;
  return Array.isArray(stack) ? stack : undefined;
}
