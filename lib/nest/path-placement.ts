import { shortList } from '../policy/diagnosis/origin-names.js';
import { CorsConfigError } from '../policy/mistakes/config-error.js';
import type { CorsConfigIssue } from '../policy/mistakes/issue.js';
import { readPattern, mayOverlap } from '../routing/path-pattern.js';
import type { CorsPolicy } from '../policy/model/policy.js';
import type { ListedPath } from '../routing/path-list.js';
import type { RouteTable } from '../routing/route-table.js';
import { isOwnRoute, type Route } from '../routing/route.js';
import type { Platform } from './platform/platform.js';
import type { AppPolicies } from './policies/app-policies.js';
import { policyWithoutRoute } from './policies/path-claim.js';
import type { PathPolicy } from './policies/path-policies.js';
import type { AppLog } from './report/app-log.js';
import type { ExploredRoute, RoutePaths } from './routes/route.explorer.js';

/** A request without a particular host: a route that is limited to hosts does not take it. */
const ANY_HOST: object = Object.freeze({ hostname: '', headers: Object.freeze({ host: '' }) });

/** Handlers and patterns are named up to here. */
const LONGEST_LIST = 5;

/**
 * Compares the entries of `paths` with the routes of controllers, whose own policies take precedence: an entry without
 * effect must be reported.
 */
export class PathPlacement {
  constructor(
    private readonly table: RouteTable,
    private readonly explored: readonly ExploredRoute[],
    private readonly paths: Pick<RoutePaths, 'shortened'>,
    private readonly platform: Pick<Platform, 'routersInFront' | 'servedBelow'>,
    /** Whether an application that is mounted in this one, with policies of its own, takes a request. */
    private readonly isTakenByMounted: (method: string, url: string) => boolean,
  ) {}

  /** Throws a `CorsConfigError` for what can do nothing, and warns of what does less than it seems to. */
  judge(appPolicies: AppPolicies, logger: AppLog): void {
    const issues = this.issuesOf(appPolicies);
    if (issues.length > 0) {
      throw new CorsConfigError(issues);
    }
    for (const warning of this.warningsOf(appPolicies)) {
      logger.warn(warning);
    }
  }

  /** Entries for URLs that a controller serves, whatever the host, with a method that the entry is for. */
  issuesOf({ paths }: AppPolicies): readonly CorsConfigIssue[] {
    return paths.entries.flatMap((entry): CorsConfigIssue[] => {
      if (!entry.pattern.isLiteral) {
        return [];
      }
      const served = entry.pattern.samples.map((url) => this.#handlersAt(url, entry));
      return served.every((handlers) => handlers.length > 0)
        ? [
            {
              code: 'path-of-a-route',
              where: entry.where,
              path: 'path',
              value: entry.path,
              handlers: [...new Set(served.flat())],
            },
          ]
        : [];
    });
  }

  /**
   * Warns of entries that close a path below which routes still allow other origins, also where the path only lacks the global
   * prefix, the version, or a wildcard at its end; and of entries that an earlier one covers.
   */
  warningsOf(appPolicies: AppPolicies): readonly string[] {
    const { entries } = appPolicies.paths;
    return entries.flatMap((entry, position) => {
      const open = entry.closes ? this.#sharingBelow(entry, appPolicies, (path) => [path]) : [];
      const missed = entry.closes && open.length === 0 ? this.#missedBy(entry, appPolicies) : [];
      const methods = [...(entry.methods ?? ['GET'])];
      const endsAtMount = entry.value.policy !== undefined && this.#isTaken(entry.path, methods);
      const before = coveringAll(entries.slice(0, position), entry).map(({ where }) => where);
      return [
        ...(open.length === 0
          ? []
          : [
              `${entry.where} does not close routes of controllers, and ${countOf(open.length, 'route')} below it ` +
                `${open.length === 1 ? 'allows' : 'allow'} other origins (${shortList(
                  open.map(({ name }) => name),
                  LONGEST_LIST,
                )}); use @Cors(false) there`,
            ]),
        ...missed
          .slice(0, 1)
          .map(
            ({ name, path }) =>
              `${entry.where} does not match ${name}, which is at ${path} and allows other origins; if the entry is meant for ` +
              'it, use @Cors(false) there',
          ),
        ...(this.#isTooShort(entry, appPolicies)
          ? [
              `${entry.where} is for this path alone, and other code serves paths below it, which have another policy; write ` +
                `${entry.path.replace(/\/$/, '')}{/*rest}`,
            ]
          : []),
        ...(endsAtMount
          ? [
              `${entry.where} has no effect on the application with CorsModule of its own that is mounted there: its policies ` +
                'apply; give that application the entry',
            ]
          : []),
        ...(before.length === 0
          ? []
          : [
              `${entry.where} has no effect: ${before.join(' and ')} ${before.length === 1 ? 'comes first and takes' : 'come first and take'} ` +
                'every request for it; move it up',
            ]),
      ];
    });
  }

  /** Whether a controller may serve something at this path or below it. Case does not matter: being wrong is a warning less. */
  servesBelow(mount: string): boolean {
    const settings = { caseSensitive: false, strict: false };
    const below = readPattern(`${mount.replace(/\/+$/, '')}{/*rest}`, settings);
    return this.explored.some(({ path }) => mayOverlap(readPattern(path, settings), below));
  }

  /** Express: `app.use('/cats', router)` in front of routes at `/cats`. */
  routerWarnings(): readonly string[] {
    const byPlace = new Map<string, Set<string>>();
    const ofMounted = new Map<string, Set<string>>();
    for (const router of this.platform.routersInFront()) {
      for (const { id } of router.behind) {
        const route = this.explored[id];
        const sample = route === undefined ? '' : sampleOf(route.path);
        const mountPath = route && router.mountPathAt(route.method, sample);
        if (route !== undefined && mountPath !== undefined) {
          const places = this.isTakenByMounted(route.method, sample) ? ofMounted : byPlace;
          places.set(mountPath, (places.get(mountPath) ?? new Set()).add(route.name));
        }
      }
    }
    return [
      ...[...ofMounted].map(
        ([mountPath, names]) =>
          `an application with CorsModule of its own is mounted at ${mountPath}, in front of ${shortList([...names], LONGEST_LIST)}: requests ` +
          `for ${names.size === 1 ? 'it' : 'them'} follow the policies of that application; mount it at a path of its own`,
      ),
      ...[...byPlace].map(
        ([mountPath, names]) =>
          `an Express router or application mounted at ${mountPath} comes before ${shortList([...names], LONGEST_LIST)} and may answer ` +
          'in their place: preflights are still answered with the policy of these routes, and its responses carry the ' +
          'headers of that policy; mount it at a path of its own',
      ),
    ];
  }

  /** A literal path, below which other code serves paths that follow another policy. */
  #isTooShort({ path, pattern, methods, closes, value }: ListedPath<PathPolicy>, appPolicies: AppPolicies): boolean {
    // A pattern would change nothing for controllers, which have policies of their own.
    if (!pattern.isLiteral || value.policy === undefined || this.servesBelow(path)) {
      return false;
    }
    const isOther = (policy: CorsPolicy | undefined): boolean =>
      policy !== value.policy && (!closes || policy?.closed === false);
    return this.platform
      .servedBelow(path)
      .some((below) =>
        [...(methods ?? ['GET'])].some((method) => isOther(policyWithoutRoute(appPolicies, method, sampleOf(below)))),
      );
  }

  #isTaken(path: string, methods: readonly string[]): boolean {
    return methods.some((method) => this.isTakenByMounted(method, sampleOf(path)));
  }

  /** Routes that the entry may be meant for: it lacks the global prefix or the version, or a wildcard at its end. */
  #missedBy(entry: ListedPath<PathPolicy>, appPolicies: AppPolicies): readonly ExploredRoute[] {
    const mayBePrefix = entry.pattern.isLiteral && !this.#isServed(entry);
    return this.#sharingBelow(entry, appPolicies, (path) =>
      [path, ...this.paths.shortened(path)].flatMap((form) => (mayBePrefix ? parentsOf(form) : form)),
    );
  }

  /** A literal path that is served is meant as it is: other code's, such as Swagger's page at `/api`, with controllers below. */
  #isServed({ pattern }: ListedPath<PathPolicy>): boolean {
    return pattern.samples.some((url) => this.table.candidates('GET', url, ANY_HOST).length > 0);
  }

  #handlersAt(url: string, { methods }: ListedPath<PathPolicy>): readonly string[] {
    const asked = methods ?? new Set([...this.table.methods, 'GET']);
    return [...asked].flatMap((method) =>
      this.table
        .candidates(method, url, ANY_HOST)
        .filter(isOwnRoute)
        .map((route) => this.#nameOf(route)),
    );
  }

  #nameOf({ id, path }: Route): string {
    const found = this.explored[id];
    return found === undefined ? path : found.where;
  }

  #sharingBelow(
    { pattern, methods }: ListedPath<PathPolicy>,
    appPolicies: AppPolicies,
    formsOf: (path: string) => readonly string[],
  ): readonly ExploredRoute[] {
    return this.explored.filter(({ id, method, path }) => {
      const isShared = appPolicies.byRoute[id]?.closed === false;
      const isAsked = methods === undefined || method === 'ALL' || methods.has(method);
      return isShared && isAsked && formsOf(path).some((form) => pattern.mayTake(sampleOf(form)));
    });
  }
}

/** The earlier entries that together take every request for the later one: one of them, if one is enough. */
function coveringAll(
  earlier: readonly ListedPath<PathPolicy>[],
  { value, methods, pattern }: ListedPath<PathPolicy>,
): readonly ListedPath<PathPolicy>[] {
  const covering = earlier.filter(
    (each) => each.value.index !== value.index && pattern.probes.every((probe) => each.pattern.takes(probe)),
  );
  const takesAll = (each: ListedPath<PathPolicy>): boolean =>
    each.methods === undefined || (methods !== undefined && [...methods].every((method) => each.methods?.has(method)));
  const [first] = covering.filter(takesAll);
  if (first !== undefined) {
    return [first];
  }
  const areTaken =
    methods !== undefined && [...methods].every((method) => covering.some((each) => each.methods?.has(method)));
  return areTaken ? covering : [];
}

/** A pathname that a route serves, in any syntax of its path. */
export function sampleOf(path: string): string {
  return path
    .replaceAll(/:[\w$]+(?:\([^)]*\))?\??/g, 'x')
    .replaceAll(/\*[\w$]*/g, 'x')
    .replaceAll(/[{}]/g, '');
}

/** A path and its parents, without the root: `/cats`, `/cats/:id`. */
function parentsOf(path: string): readonly string[] {
  const segments = path.split('/').slice(1);
  return segments.map((_, index) => `/${segments.slice(0, index + 1).join('/')}`).filter((parent) => parent !== '/');
}

function countOf(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}
