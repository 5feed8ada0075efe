import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Route } from '../../routing/route.js';
import type { RouteTable } from '../../routing/route-table.js';
import type { TargetSettings } from '../../routing/target-readings.js';
import type { RegistrationCapture } from '../routes/registration-capture.js';
import type { WrapHandler } from '../routes/registration.js';
import type { OtherCors } from './enable-cors.js';
import type { RouteVersion } from '../metadata/nest-metadata.js';

/**
 * The interface to an HTTP platform: how a request reaches the hook, what the platform's router registered and how it matches.
 * There is one folder for each platform, and every probe has its reason; other platforms use the portable one.
 */
export interface Platform {
  /**
   * Installs the hook where it runs before everything else, and keeps other hooks for that place. Where several applications
   * may share the place, `shared` is installed, which leads to `hook`.
   */
  installHook(hook: RequestHook, shared: SharedHook): void;
  /** Watches what is registered from now on, with what Nest itself says of it. */
  watchRoutes(capture: RegistrationCapture): void;
  /** Wraps handlers. */
  readonly wrapHandler: WrapHandler;
  /** The table over what is registered; asked for when Nest has registered all its routes. */
  buildTable(): RouteTable;
  /** How the platform's router reads a request target: `paths` are matched as it would. */
  targetSettings(): TargetSettings;
  /** The user's own routers and applications that may answer a request before the routes of controllers do. */
  routersInFront(): readonly FrontRouter[];
  /** Paths below this one that code of the user's serves, as far as that is known: examples for a router, patterns of routes. */
  servedBelow(path: string): readonly string[];
  /**
   * Calls back when the app is complete and can still refuse to start, with whether something else sends CORS headers too.
   *
   * @param isUntouched - whether an entry of `paths` leaves this path to what serves it.
   */
  whenComplete(check: (others: readonly OtherCors[]) => void, isUntouched: (path: string) => boolean): void;
  /** Whether the user's own middleware runs before the hook. */
  hasEarlierMiddleware(): boolean;
  /** The platform's own test of a version, if it leaves that to the handlers. */
  versionTest(version: RouteVersion): Route['selects'];
  /** Whether this layer of the router was registered by Nest, for this application. */
  holds(layer: object): boolean;
  /** The position of a route in a router that tries its routes in order. Undefined where it is not known what the router does. */
  positionOf(route: Route): number | undefined;
  /** Whether the router still has anything of this application. */
  isInRouter(): boolean;
  /** Learns where the application's instance is mounted in another one, now and later. */
  followMounts(learn: (parent: object, child: object, mount: Mount) => void): void;
  hostnameOf(request: unknown): string;
  /**
   * Undefined where the platform has routed the target as it was sent. Else something has rewritten it before, and may have led a
   * preflight elsewhere: whether it would lead one to the same target, as far as that can be told.
   */
  rerouted(raw: IncomingMessage): (() => boolean) | undefined;
  /** Tells the platform that the response is answered without it. */
  takeOver(reply: unknown): void;
}

/** A router, or an application, that is mounted in front of routes of controllers. */
export interface FrontRouter {
  /** The routes of controllers that stand behind it. */
  readonly behind: ReadonlySet<Route>;
  /** Where it may answer a request: its mount path there. Undefined where it does not. */
  mountPathAt(method: string, pathname: string): string | undefined;
}

/** A place in an application of the platform's where another one is mounted. */
export interface Mount {
  /** Undefined where it is not mounted at this target. */
  at(method: string, url: string): MountedAt | undefined;
}

export interface MountedAt {
  /** Its position in the outer router. */
  readonly position: number;
  /** The target as the inner application gets it. */
  readonly url: string;
  /** What of the target's path it is mounted at. */
  readonly path: string;
  /** False where the inner application is sure to pass the request on. */
  readonly mayAnswer: boolean;
}

/** The platform's own request and reply, and Node's beneath them. It never throws, and it returns nothing. */
export type RequestHook = (
  request: unknown,
  reply: unknown,
  raw: IncomingMessage,
  response: ServerResponse,
  done: () => void,
) => void;

/** Stands in the one place for a request hook, for all applications that share it. */
export interface SharedHook {
  /** Read anew for each request. */
  readonly receive: RequestHook;
  /** Another adapter has taken its place. */
  addSlot(): void;
  /** Whether this layer of the router was registered by Nest, for any application. */
  holds(layer: object): boolean;
}

/** Called when a handler is about to run. Runs it, or answers in its place. */
export type EnterRoute = (
  route: Route,
  request: unknown,
  reply: unknown,
  response: ServerResponse,
  run: () => unknown,
) => unknown;
