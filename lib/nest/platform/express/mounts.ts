import { isUsual, usualPathname, type PathnameReader } from '../../../routing/request-target.js';
import type { Mount, MountedAt } from '../platform.js';
import { readExpressRouter, type ExpressLayer } from './express-router.js';
import { mountPathOf, stackMayAnswer, stackOf as routerStackOf } from './front-router.js';

/** On an Express application whose mounting is followed, whichever copy of this package follows it. */
const FOLLOWED = Symbol.for('nestjs-cors:mounts');

/** Applications that are mounted in a router directly, with `router.use('/inner', inner)`. */
const FOUND = new WeakSet<object>();

/**
 * Learns where an Express application is mounted in another one, with `app.use('/inner', inner)`: where it is already, and
 * where it will be. What that one is mounted in is learnt as well.
 */
export function followMounts(
  child: unknown,
  readUnusual: PathnameReader,
  learn: (parent: object, child: object, mount: Mount) => void,
): void {
  if (typeof child !== 'function') {
    return;
  }
  for (const { inner, layers } of applicationsIn(stackOf(child))) {
    learn(child, inner, new ExpressMount(child, inner, layers, readUnusual));
  }
  if (Object.hasOwn(child, FOLLOWED)) {
    return;
  }
  Object.defineProperty(child, FOLLOWED, { value: true });
  const note = (parent: unknown, layer: ExpressLayer | undefined): void => {
    if (typeof parent === 'function' && layer !== undefined) {
      learn(parent, child, new ExpressMount(parent, child, [layer], readUnusual));
      followMounts(parent, readUnusual, learn);
    }
  };
  const parent: unknown = Reflect.get(child, 'parent');
  if (typeof parent === 'function') {
    layersFor(parent, Reflect.get(child, 'mountpath')).forEach((layer) => note(parent, layer));
  }
  const on: unknown = Reflect.get(child, 'on');
  if (typeof on === 'function') {
    // Express says so when the layer has just been put on the stack.
    on.call(child, 'mount', (later: unknown) => note(later, stackOf(later).at(-1)));
  }
}

/** An application is mounted by a function that does not name it: it is recognised by its mount path. */
function layersFor(parent: object, mountpath: unknown): readonly ExpressLayer[] {
  return stackOf(parent).filter(
    (layer) =>
      layer.name === 'mounted_app' &&
      (layer.rawPath === mountpath ||
        String(layer.rawPath) === String(mountpath) ||
        (layer.rawPath === undefined && typeof mountpath === 'string' && mountPathOf(layer, mountpath) === mountpath)),
  );
}

/** The outer application may be of another Express, which has no stack to read, and no CorsModule either. */
function stackOf(application: unknown): readonly ExpressLayer[] {
  try {
    return readExpressRouter(application).stack;
  } catch {
    return [];
  }
}

interface FoundApplication {
  readonly inner: object;
  /** From the outer application's stack inwards. */
  readonly layers: readonly ExpressLayer[];
}

/** Routers do not tell what is mounted in them, but hold it as it is. */
function applicationsIn(stack: readonly ExpressLayer[]): readonly FoundApplication[] {
  return stack.flatMap((layer) => {
    const { handle, route } = layer;
    if (route !== undefined || typeof handle !== 'function' || FOUND.has(layer)) {
      return [];
    }
    if (typeof Reflect.get(handle, 'set') === 'function' && typeof Reflect.get(handle, 'handle') === 'function') {
      FOUND.add(layer);
      return [{ inner: handle, layers: [layer] }];
    }
    return applicationsIn(routerStackOf(handle) ?? []).map(({ inner, layers }) => ({
      inner,
      layers: [layer, ...layers],
    }));
  });
}

class ExpressMount implements Mount {
  constructor(
    private readonly parent: object,
    private readonly child: object,
    private readonly layers: readonly ExpressLayer[],
    private readonly readUnusual: PathnameReader,
  ) {}

  at(method: string, url: string): MountedAt | undefined {
    let rest = isUsual(url) ? usualPathname(url) : this.readUnusual(url);
    let inner = url;
    let path = '';
    for (const layer of this.layers) {
      const mounted = rest === undefined ? undefined : mountPathOf(layer, rest);
      if (rest === undefined || mounted === undefined || !isPrefix(mounted, rest)) {
        return undefined;
      }
      rest = withSlash(rest.slice(mounted.length));
      inner = withoutPrefix(inner, mounted);
      path += mounted;
    }
    const position = stackOf(this.parent).findIndex((layer) => layer === this.layers[0]);
    return position === -1 || rest === undefined
      ? undefined
      : { position, url: inner, path, mayAnswer: stackMayAnswer(stackOf(this.child), method, rest) };
  }
}

function withSlash(pathname: string): string {
  return pathname.startsWith('/') ? pathname : `/${pathname}`;
}

/** Express takes a mount path off only in front of a slash. */
function isPrefix(mounted: string, pathname: string): boolean {
  const next = pathname[mounted.length];
  return pathname.startsWith(mounted) && (mounted === '' || next === undefined || next === '/');
}

/** The target as the mounted application gets it; one in absolute form keeps scheme and host. */
function withoutPrefix(url: string, mounted: string): string {
  const host = /^[^/?][^?]*?:\/\/[^/]*/.exec(url)?.[0] ?? '';
  const rest = url.slice(host.length + mounted.length);
  return host === '' && !rest.startsWith('/') ? `/${rest}` : `${host}${rest}`;
}
