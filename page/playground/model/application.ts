/**
 * Makes of the code of an application what nestjs-cors makes of it at start: the very compiler, table and finder, over routes
 * that stand where Express has them.
 */
import { match } from 'path-to-regexp';
import { PathPlacement } from '../../../lib/nest/path-placement.js';
import type { AppPolicies } from '../../../lib/nest/policies/app-policies.js';
import { AppPoliciesCompiler } from '../../../lib/nest/policies/app-policies.compiler.js';
import { PolicyFinder } from '../../../lib/nest/policies/policy-finder.js';
import { RequestLog } from '../../../lib/nest/report/request-log.js';
import { SOMEWHERE } from '../../../lib/nest/report/request-place.js';
import { Diagnostician } from '../../../lib/nest/request/diagnostician.js';
import type { ExploredRoute } from '../../../lib/nest/routes/route.explorer.js';
import { CorsConfigError } from '../../../lib/policy/mistakes/config-error.js';
import type { PolicyLayer } from '../../../lib/policy/model/layer.js';
import type { OrderedEntry } from '../../../lib/routing/ordered-entry.js';
import { OrderedTable } from '../../../lib/routing/ordered-table.js';
import { plainPathname } from '../../../lib/routing/request-target.js';
import type { Route } from '../../../lib/routing/route.js';
import { CodeError } from '../code/code-error.js';
import type { ApplicationCode, ControllerCode, HandlerCode } from '../code/application.js';

/** A handler at one path. */
export interface PlacedHandler extends ExploredRoute {
  readonly handler: HandlerCode;
}

export interface Application {
  readonly appPolicies: AppPolicies;
  readonly table: OrderedTable;
  readonly finder: PolicyFinder;
  readonly diagnostician: Diagnostician;
  readonly handlers: readonly PlacedHandler[];
  /** What would be logged at start. */
  readonly warnings: readonly string[];
}

const SILENT = { warn: () => undefined, error: () => undefined };
const NO_PROVIDERS = {
  find: () => ({ resolver: undefined, mistake: { code: 'resolver-missing', isProvided: false } }) as const,
};

/** Neither global prefix nor versions: each path is whole. */
const WHOLE_PATHS = { shortened: (): readonly string[] => [] };

/** No router is mounted in front. */
const NOTHING_ELSE = { routersInFront: (): readonly [] => [], servedBelow: (): readonly [] => [] };

/** Throws a `CorsConfigError` with all mistakes, as `app.init()` does, and a {@link CodeError} for a path that is none. */
export function startApplication(code: ApplicationCode): Application {
  const handlers = placeHandlers(code.controllers);
  const log = new RequestLog(SILENT, { nameOf: () => '', of: () => SOMEWHERE });
  const { appPolicies, issues, warnings } = new AppPoliciesCompiler(handlers, [], NO_PROVIDERS, log).compile(
    code.options,
  );
  if (issues.length > 0) {
    throw new CorsConfigError(issues);
  }
  const table = new OrderedTable(handlers.map(entryOf), {
    caseSensitive: false,
    strict: false,
    readUnusual: plainPathname,
    hostnameOf: () => '',
  });
  const placement = new PathPlacement(table, handlers, WHOLE_PATHS, NOTHING_ELSE, () => false);
  const misplaced = placement.issuesOf(appPolicies);
  if (misplaced.length > 0) {
    throw new CorsConfigError(misplaced);
  }
  const finder = new PolicyFinder(table);
  const diagnostician = new Diagnostician({ table, finder, explored: handlers });
  const all = [...warnings, ...placement.warningsOf(appPolicies)];
  return { appPolicies, table, finder, diagnostician, handlers, warnings: all };
}

function placeHandlers(controllers: readonly ControllerCode[]): readonly PlacedHandler[] {
  const placed: PlacedHandler[] = [];
  for (const controller of controllers) {
    const ofClass = layerOf(controller.cors, `${controller.name} (every route)`);
    // A handler at several paths has one list of layers, under the first of its places.
    const known = new Map<string, readonly PolicyLayer[]>();
    const handlers = controller.handlers.map((handler) => ({ handler, inner: handler.paths.map(trimSlashes) }));
    for (const outer of controller.paths.map(trimSlashes)) {
      for (const { handler, inner } of handlers) {
        const name = `${controller.name}.${handler.name}`;
        for (const methodPath of inner) {
          const path = joinPaths(outer, methodPath);
          const where = `${name} (${handler.method} ${path})`;
          const layers = known.get(handler.name) ?? [...ofClass, ...layerOf(handler.cors, where)];
          known.set(handler.name, layers);
          const { method } = handler;
          const place = { id: placed.length, name, place: name, where, method, path, hosts: [], version: undefined };
          placed.push({ ...place, layers, isInternal: false, handler });
        }
      }
    }
  }
  return placed;
}

function layerOf(values: readonly unknown[], where: string): readonly PolicyLayer[] {
  return values.length === 0 ? [] : [{ where, values }];
}

/** As Nest joins them: both are trimmed. */
function joinPaths(outer: string, inner: string): string {
  return `/${[outer, inner].filter((part) => part !== '').join('/')}`.replaceAll(/\/{2,}/g, '/');
}

/** Without the slashes at both ends. */
export function trimSlashes(path: string): string {
  let start = 0;
  let end = path.length;
  while (start < end && path[start] === '/') {
    start += 1;
  }
  while (end > start && path[end - 1] === '/') {
    end -= 1;
  }
  return path.slice(start, end);
}

function entryOf({ id, method, path }: PlacedHandler): OrderedEntry {
  const route: Route = {
    id,
    method,
    path,
    selective: false,
    versionHeader: undefined,
    takesHost: undefined,
    selects: undefined,
  };
  // As Express compiles a path.
  const matches = matcherOf(path);
  return {
    route,
    pattern: path,
    methods: method === 'ALL' ? undefined : new Set([method]),
    passesOn: false,
    matches: (pathname) => matches(pathname) !== false,
    params: () => undefined,
  };
}

function matcherOf(path: string): ReturnType<typeof match> {
  try {
    return match(path, { sensitive: false, end: true, trailing: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CodeError(`${JSON.stringify(path)} is not a path that Express reads: ${reason}`, 0);
  }
}
