import type { PathnameReader } from '../../../routing/request-target.js';

/** What is read of Express's router: `app.router`, and the layers of its stack in the order in which they are tried. */
export interface ExpressRouter {
  readonly stack: readonly ExpressLayer[];
  readonly caseSensitive: boolean;
  readonly strict: boolean;
}

export interface ExpressLayer {
  readonly name: string;
  readonly handle: unknown;
  /** What it was mounted at; unknown before router 2.3. */
  readonly rawPath?: unknown;
  /** Undefined on middleware. */
  readonly route:
    | {
        readonly path: unknown;
        readonly methods: Readonly<Record<string, boolean>>;
        readonly stack: readonly { readonly handle: unknown }[];
      }
    | undefined;
  /** The router's own test of a pathname. Since router 2.3 it returns what it found, before it kept it on the layer. */
  match(pathname: string): boolean | { readonly params?: Readonly<Record<string, string>> } | undefined;
  readonly params?: Readonly<Record<string, string>> | undefined;
}

/** The router of an Express 5 application. Throws if it cannot be read: without its stack no route is known. */
export function readExpressRouter(application: unknown): ExpressRouter {
  const router: unknown = typeof application === 'function' ? Reflect.get(application, 'router') : undefined;
  if (!isRouter(router) || !router.stack.every(isLayer)) {
    throw new TypeError(
      'nestjs-cors reads the route stack of Express 5, but this Express application has none or one of another shape',
    );
  }
  return router;
}

function isRouter(value: unknown): value is ExpressRouter {
  return (
    typeof value === 'function' &&
    'stack' in value &&
    Array.isArray(value.stack) &&
    'caseSensitive' in value &&
    'strict' in value
  );
}

function isLayer(layer: ExpressLayer | undefined): boolean {
  const route: unknown = layer?.route;
  const isReadable =
    route === undefined || (typeof route === 'object' && route !== null && 'methods' in route && 'stack' in route);
  return isReadable && typeof layer?.match === 'function';
}

/**
 * Reads a pathname as this router does: the router runs over a stack of one layer, which gets the path and matches nothing.
 * This works in a bundle, too, as no package has to be resolved. If the router reads no path, as for `http://[::1/cats`, the
 * target has none, and so no policy opens it.
 */
export function pathnameReader(router: ExpressRouter): PathnameReader {
  return (url) => {
    let pathname: unknown;
    const match = (path: unknown): boolean => {
      pathname = path;
      return false;
    };
    const probe: unknown = Object.create(router, { stack: { value: [{ match }] } });
    try {
      if (isProbe(probe)) {
        probe.handle({ method: 'GET', url }, {}, () => undefined);
      }
    } catch {
      // Newer versions of Node refuse targets that older ones accept.
    }
    return typeof pathname === 'string' ? pathname : undefined;
  };
}

interface Probe {
  handle(request: object, response: object, done: () => void): void;
}

function isProbe(value: unknown): value is Probe {
  return typeof value === 'object' && value !== null && 'handle' in value && typeof value.handle === 'function';
}
