import type { Route } from '../../../routing/route.js';
import type { FrontRouter } from '../platform.js';
import type { ExpressLayer } from './express-router.js';

/** `app.use('/cats', router)` before routes of controllers: the router answers, with the policy of the route behind it. */
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
export function mountPathOf(layer: ExpressLayer, pathname: string): string | undefined {
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

/** A router answers if it has a route for the rest of the URL; middleware or an application in it may always answer. */
function mayAnswer(layer: ExpressLayer, method: string, rest: string): boolean {
  const stack = stackOf(layer.handle);
  return stack === undefined || stackMayAnswer(stack, method, rest.startsWith('/') ? rest : `/${rest}`);
}

/** Whether anything in this stack may answer a request: every layer that is not known to pass it on. */
export function stackMayAnswer(stack: readonly ExpressLayer[], method: string, pathname: string): boolean {
  return stack.some((layer) => {
    const mounted = mountPathOf(layer, pathname);
    if (mounted === undefined || passesOn(layer)) {
      return false;
    }
    if (layer.route === undefined) {
      return stackOf(layer.handle) === undefined || mayAnswer(layer, method, pathname.slice(mounted.length));
    }
    const { methods } = layer.route;
    return (
      methods['_all'] === true ||
      method === 'ALL' ||
      // Express answers by itself where a route has other methods.
      method === 'OPTIONS' ||
      methods[method.toLowerCase()] === true ||
      (method === 'HEAD' && methods['get'] === true)
    );
  });
}

/** Body parsers, Nest's layer that runs the hook, and error handlers. */
function passesOn({ route, name, handle }: ExpressLayer): boolean {
  return (
    route === undefined &&
    (PARSERS.has(name) ||
      (typeof handle === 'function' && handle.length >= 4) ||
      String(handle).includes('onRequestHook'))
  );
}

const PARSERS: ReadonlySet<string> = new Set(['jsonParser', 'urlencodedParser', 'textParser', 'rawParser']);

export function stackOf(handle: unknown): readonly ExpressLayer[] | undefined {
  const stack: unknown = typeof handle === 'function' ? Reflect.get(handle, 'stack') : undefined;
  return Array.isArray(stack) ? stack : undefined;
}
