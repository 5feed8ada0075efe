import type { PathnameReader } from '../../../routing/pathname.js';

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

/** The router of an Express 5 application. Throws where there is none to read: without the stack no route could be known. */
export function readExpressRouter(application: unknown): ExpressRouter {
  const router: unknown = typeof application === 'function' ? Reflect.get(application, 'router') : undefined;
  if (!isRouter(router) || !router.stack.every(isLayer)) {
    throw new TypeError(
      'nestjs-cors reads the route stack of Express 5, and that of this Express application is missing or of another shape',
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
 * Reads a pathname as this very router does: the router is run over a stack of one layer, which is told the path and takes
 * nothing. No package has to be found for it, in a bundle neither. Where the router reads no path, as of `http://[::1/cats`,
 * the target has none, and so no policy that opens it.
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
      // Newer Nodes refuse what older ones read somehow.
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
