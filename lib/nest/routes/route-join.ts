import { VersioningType, type VersioningOptions } from '@nestjs/common';
import { pathToRegexp } from 'path-to-regexp';

import type { Route } from '../../routing/route.js';
import type { RouteVersion } from '../metadata/nest-metadata.js';
import type { RegistrationCapture } from './registration-capture.js';
import type { ExploredRoute } from './route.explorer.js';

/** The platform's own test of a version, if it leaves that to the handlers. */
type VersionTest = (version: RouteVersion) => Route['selects'];

/**
 * Joins the computed routes with the registered ones, and gives each registration its route.
 *
 * Method, path and, if the handler has one, version identify a registration; equal ones keep their order,
 * as Nest registers them in the order of exploration, and sorting by specificity leaves equals as they are.
 */
export function joinRoutes(
  explored: readonly ExploredRoute[],
  capture: RegistrationCapture,
  testOfVersion: VersionTest,
  versioning: VersioningOptions | undefined,
): readonly Route[] {
  const waiting = new Map<string, Route[]>();
  const showsVersion = capture.registrations.some(({ version }) => version !== undefined);
  const routes = explored.map((found) => {
    const path = capture.normalized(found.path);
    const route = routeOf(found, path, testOfVersion, versioning);
    pushTo(waiting, keyOf(found.method, path, showsVersion ? found.version : undefined), route);
    return route;
  });
  for (const registration of capture.registrations) {
    const version = isSelecting(registration.version) ? registration.version : undefined;
    registration.route = waiting.get(keyOf(registration.method, registration.path, version))?.shift();
  }
  return routes;
}

function routeOf(
  found: ExploredRoute,
  path: string,
  testOfVersion: VersionTest,
  versioning: VersioningOptions | undefined,
): Route {
  const isVersioned = found.version !== undefined;
  return Object.freeze({
    id: found.id,
    method: found.method,
    path,
    selective: isVersioned,
    versionHeader:
      isVersioned && versioning?.type === VersioningType.HEADER ? versioning.header.toLowerCase() : undefined,
    takesHost: hostTestOf(found.hosts),
    selects: isVersioned ? testOfVersion(found.version) : undefined,
  });
}

/** As Nest tests hosts: each one compiled with path-to-regexp, or a RegExp as it is. */
function hostTestOf(hosts: readonly (string | RegExp)[]): Route['takesHost'] {
  if (hosts.length === 0) {
    return undefined;
  }
  const expressions = hosts.map((host) => (typeof host === 'string' ? pathToRegexp(host).regexp : host));
  return (hostname) => expressions.some((expression) => hostname.match(expression) !== null);
}

function keyOf(method: string, path: string, version: unknown): string {
  return JSON.stringify([method, path, version === undefined ? '' : [version].flat().map(String)]);
}

/** Fastify's handlers show a neutral version as well, which selects nothing. */
function isSelecting(version: unknown): boolean {
  return typeof version === 'string' || Array.isArray(version);
}

function pushTo(waiting: Map<string, Route[]>, key: string, route: Route): void {
  const same = waiting.get(key);
  if (same === undefined) {
    waiting.set(key, [route]);
  } else {
    same.push(route);
  }
}
