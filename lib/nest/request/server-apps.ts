import type { IncomingMessage, ServerResponse } from 'node:http';

import { announcedBy } from '../../policy/decisions/preflight-steps.js';
import type { Mount, RequestHook } from '../platform/platform.js';
import type { AppRegistry } from './app-registry.js';
import { judgeInTurn, judgePreflight } from './judge-jointly.js';
import { MountedApps } from './mounted-apps.js';
import type { Claim, ServedApp } from './served-app.js';

/** The key on the Express or Fastify instance, where another copy of this package finds it as well. */
const SERVER_APPS = Symbol.for('nestjs-cors:server-apps');

/** The applications on one Express or Fastify instance: nearly always one; several if the adapter or the instance is shared. */
export function serverAppsOf(instance: unknown): AppRegistry {
  if (!isExtensible(instance)) {
    return new ServerApps();
  }
  const known: unknown = Reflect.get(instance, SERVER_APPS);
  if (isRegistry(known)) {
    return known;
  }
  const apps = new ServerApps();
  Object.defineProperty(instance, SERVER_APPS, { value: apps });
  return apps;
}

/** An instance is mounted in another one. Kept as long as the instances: it holds nothing of an application. */
export function learnMount(parent: object, child: object, mount: Mount): void {
  serverAppsOf(parent).mount(serverAppsOf(child), mount);
}

/**
 * Leads each request to the application that serves it, on this instance or on one that is mounted in it: a route follows its
 * own application's policy, in its responses and in its preflights, even after the application is closed while Express still
 * has its routes. A URL that no application serves has to be allowed by each of them.
 */
export class ServerApps implements AppRegistry {
  receive: RequestHook = goOn;
  #apps: readonly ServedApp[] = [];
  #mounts: readonly MountedApps[] = [];
  #slots = 0;
  /** Two adapters on one instance each have a layer in its stack. */
  readonly #judged = new WeakSet<ServerResponse>();
  readonly #skipped = new WeakSet<ServerResponse>();

  add(app: ServedApp): void {
    this.#keep([...this.#apps.filter((other) => other !== app), app]);
  }

  prune(): void {
    this.#keep(this.#apps);
  }

  /** The number of known applications, without those that are closed and have no layers left in the router. */
  get size(): number {
    return this.#apps.length;
  }

  holds(layer: object): boolean {
    return this.#apps.some((app) => app.holds(layer));
  }

  get apps(): readonly ServedApp[] {
    return this.#apps;
  }

  mount(inner: AppRegistry, mount: Mount): void {
    this.#mounts = [...this.#mounts, new MountedApps(inner, mount)];
    // From now on a request reaches the inner one twice: led there by this one, and later by the router.
    inner.addSlot();
    this.#keep(this.#apps);
  }

  takes(method: string, url: string): boolean {
    return this.#mounts.some((mounted) => mounted.claims(method, url).length > 0);
  }

  mountPathAt(method: string, url: string, request: unknown, isPreflight: boolean): string | undefined {
    const [first] = this.#mounts.length === 0 ? [] : this.#claimsOf(request, method, url, isPreflight);
    return first?.app instanceof MountedApps ? first.app.pathAt(method, url) : undefined;
  }

  /** The request was sent to something else: if middleware leads it here, the handler that is entered is judged. */
  skip(response: ServerResponse): void {
    if (!this.#judged.has(response)) {
      this.#judged.add(response);
      this.#skipped.add(response);
    }
    this.#mounts.forEach((mounted) => mounted.skip(response));
  }

  lead(response: ServerResponse): void {
    if (this.#skipped.delete(response)) {
      this.#judged.delete(response);
    }
  }

  hasSkipped(response: ServerResponse): boolean {
    return this.#skipped.has(response);
  }

  addSlot(): void {
    this.#slots++;
    this.#keep(this.#apps);
  }

  #keep(apps: readonly ServedApp[]): void {
    this.#apps = apps.filter((app) => !app.isGone());
    const [only] = this.#apps;
    if (only === undefined && this.#mounts.length === 0) {
      this.receive = goOn;
    } else {
      // One application, as usual: its own hook, and nothing in between.
      const isAlone = this.#apps.length === 1 && this.#slots <= 1 && this.#mounts.length === 0;
      this.receive = isAlone && only !== undefined ? only.onRequest : this.#arbitrate;
    }
  }

  readonly #arbitrate: RequestHook = (request, reply, raw, response, done) => {
    if (this.#judged.has(response)) {
      done();
      return;
    }
    this.#judged.add(response);
    const [first] = this.#apps;
    if (first !== undefined && this.#apps.length === 1 && this.#mounts.length === 0) {
      first.onRequest(request, reply, raw, response, done);
      return;
    }
    const announced = announcedBy(raw);
    const owners = this.#ownersOf(request, raw, announced);
    for (const mounted of this.#mounts) {
      if (!owners.includes(mounted)) {
        mounted.skip(response);
      }
    }
    const [only, ...others] = owners.length > 0 ? owners : this.#speakers();
    if (only === undefined || others.length === 0) {
      (only?.onRequest ?? goOn)(request, reply, raw, response, done);
    } else if (announced === undefined) {
      judgeInTurn([only, ...others], request, reply, raw, response, done);
    } else {
      judgePreflight([only, ...others], request, reply, raw, response, done);
    }
  };

  /** The applications whose routes the request may reach, by the order of the router. */
  #ownersOf(request: unknown, raw: IncomingMessage, announced: string | undefined): readonly ServedApp[] {
    const { method = 'GET', url = '/' } = raw;
    try {
      const claims = this.#claimsOf(request, announced ?? method, url, announced !== undefined);
      const last = claims.findIndex(({ isLast }) => isLast);
      return [...new Set((last === -1 ? claims : claims.slice(0, last + 1)).map(({ app }) => app))];
    } catch {
      // It is not known whose request it is: each of them has to allow it.
      return [...this.#apps, ...this.#mounts.filter((mounted) => mounted.isAt(method, url))];
    }
  }

  #claimsOf(
    request: unknown,
    method: string,
    url: string,
    isPreflight: boolean,
  ): readonly (Claim & { app: ServedApp })[] {
    return [...this.#apps, ...this.#mounts]
      .flatMap((app) => app.claims(method, url, request, isPreflight).map((claim) => ({ app, ...claim })))
      .toSorted((one, other) => one.position - other.position);
  }

  /** After the last one is closed somebody may still serve the instance. */
  #speakers(): readonly ServedApp[] {
    const speakers = this.#apps.filter((app) => app.speaks());
    return speakers.length > 0 ? speakers : this.#apps;
  }
}

const goOn: RequestHook = (_request, _reply, _raw, _response, done) => done();

function isExtensible(value: unknown): value is object {
  return ((typeof value === 'object' && value !== null) || typeof value === 'function') && Object.isExtensible(value);
}

function isRegistry(value: unknown): value is AppRegistry {
  return typeof value === 'object' && value !== null && 'add' in value && 'receive' in value && 'mount' in value;
}
