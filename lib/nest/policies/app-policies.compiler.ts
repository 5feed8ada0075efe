import type { CorsOriginResolver, CorsResolverToken } from '../../policy/model/origin-resolver.js';
import { ownValue } from '../../policy/model/own-keys.js';
import { givenOptions, ROOT_KEYS, POLICY_KEYS } from '../../policy/layers/written-policy.js';
import { compilePolicy, type CompiledPolicy } from '../../policy/compile.js';
import type { CorsConfigIssue } from '../../policy/mistakes/issue.js';
import type { PolicyLayer } from '../../policy/model/layer.js';
import { DEFAULT_TARGET_SETTINGS, type TargetSettings } from '../../routing/target-readings.js';
import { readNamedPolicies, type NamedPolicies } from '../../policy/layers/named-policies.js';
import type { CorsPolicyOptions } from '../../policy/model/options.js';
import type { CorsPolicy, PolicyField } from '../../policy/model/policy.js';
import type { CorsModuleOptions } from './cors.options.js';
import { MisgivenOptions } from './given-options.js';
import type { RequestLog } from '../report/request-log.js';
import { insteadOfBus, isBus } from '../stores/cors-bus.js';
import { serversOfOptions } from '../routes/options-handlers.js';
import { readPathPolicies } from './path-policies.js';
import type { AppPolicies } from './app-policies.js';
import type { ResolverRegistry } from './resolver.registry.js';
import type { ExploredRoute } from '../routes/route.explorer.js';

/** The policies of an app, with all mistakes and warnings. If there are mistakes, the policies must not be used. */
export interface CompiledAppPolicies {
  readonly appPolicies: AppPolicies;
  readonly issues: readonly CorsConfigIssue[];
  readonly warnings: ReadonlySet<string>;
}

/** What can have a `@Cors`. */
export interface PolicyTarget {
  /** Under which its mistakes are listed. */
  readonly where: string;
  /** Far to near, without `forRoot`. */
  readonly layers: readonly PolicyLayer[];
}

/** A policy and its source: mistakes found later (of resolvers, for example) are listed under the layer that wrote them. */
interface Compiled {
  readonly result: CompiledPolicy;
  readonly where: string;
}

/** Compiles the options and the decorators to what requests use: at start, and again at every `update()`. */
export class AppPoliciesCompiler {
  constructor(
    private readonly routes: readonly ExploredRoute[],
    /** Gateways: their policies follow those of the routes. */
    private readonly gateways: readonly PolicyTarget[],
    private readonly registry: Pick<ResolverRegistry, 'find'>,
    private readonly requestLog: RequestLog,
    private readonly targets: TargetSettings = DEFAULT_TARGET_SETTINGS,
  ) {}

  compile(options: unknown): CompiledAppPolicies {
    const issues: CorsConfigIssue[] = [];
    const { given, root, policies, paths, debug } = splitOptions(options, issues);
    const { named, issues: namedIssues } = readNamedPolicies(policies);
    // Those of a policy are found again below, with the cures for its credentials.
    issues.push(...namedIssues.filter(({ where }) => where === root.where));
    const base = compilePolicy([root], named);
    const byLayers = new Map<readonly PolicyLayer[], CompiledPolicy>();
    const routes = [...this.routes, ...this.gateways].map(({ layers, where }) => {
      const known = layers.length === 0 ? base : byLayers.get(layers);
      const result = known ?? compilePolicy([root, ...layers], named);
      byLayers.set(layers, result);
      return { result, where };
    });
    const asWritten = routes.map(({ result }) => result.policy);
    const byName = compileNamed(root, named);
    const pathPolicies = readPathPolicies(paths, root, named, this.targets);
    const all: readonly Compiled[] = [
      { result: base, where: root.where },
      ...routes,
      ...byName.values(),
      ...pathPolicies.compiled.map((result) => ({ result, where: root.where })),
    ];
    issues.push(...all.flatMap(({ result }) => result.issues), ...pathPolicies.issues);
    const resolvers = this.#resolve(all, issues);
    issues.push(...this.#missingOptionsHandlers(routes));
    return {
      appPolicies: {
        options: given,
        base: base.policy,
        baseSources: base.sources,
        byRoute: shareEqual(asWritten),
        asWritten,
        sources: routes.map(({ result }) => result.sources),
        named: new Map([...byName].map(([name, { result }]) => [name, result.policy])),
        paths: pathPolicies.list,
        debug,
        resolvers,
        requestLog: this.requestLog,
      },
      issues,
      warnings: new Set(
        all.flatMap(({ result }) => result.warnings.map(({ where, path, text }) => `${where}: ${path}: ${text}`)),
      ),
    };
  }

  #resolve(all: readonly Compiled[], issues: CorsConfigIssue[]): ReadonlyMap<CorsResolverToken, CorsOriginResolver> {
    const resolvers = new Map<CorsResolverToken, CorsOriginResolver>();
    for (const { result, where } of all) {
      for (const ask of result.policy?.asks ?? []) {
        if (ask.kind === 'function' || resolvers.has(ask.token)) {
          continue;
        }
        const found = this.registry.find(ask.token);
        if (found.resolver === undefined) {
          const place = { where: sourceOf(result, 'origin') ?? where, path: 'origin', value: ask.token };
          issues.push({ ...found.mistake, ...place });
        } else {
          resolvers.set(ask.token, found.resolver);
        }
      }
    }
    return resolvers;
  }

  /** `preflightContinue` leaves the answer to the app, so the app needs a handler for it. */
  #missingOptionsHandlers(routes: readonly Compiled[]): readonly CorsConfigIssue[] {
    const leaving = this.routes.filter((_, index) => routes[index]?.result.policy?.preflightContinue === true);
    if (leaving.length === 0) {
      return [];
    }
    const serves = serversOfOptions(this.routes);
    return leaving
      .filter(({ path }) => !serves(path))
      .map(({ where }) => ({ code: 'no-options-handler', where, path: 'preflightContinue', value: true }));
  }
}

const BUS = 'an object with publish() and subscribe(), such as a RedisCorsBus of nestjs-cors/redis';

const FORROOT_KEYS: readonly string[] = [...POLICY_KEYS, ...ROOT_KEYS];

/** Options of the app as a whole, beside the policy of `forRoot`. */
function splitOptions(given: unknown, issues: CorsConfigIssue[]): SplitOptions {
  const nothing: SplitOptions = {
    given: {},
    root: { where: 'forRoot', values: [{}] },
    policies: undefined,
    paths: undefined,
    debug: false,
  };
  const misgiven = MisgivenOptions.isOne(given) ? given : undefined;
  if (misgiven !== undefined && misgiven.issues.length > 0) {
    issues.push(...misgiven.issues);
    return nothing;
  }
  const value: unknown = misgiven === undefined ? given : misgiven.value;
  const note = (path: string, found: unknown, expected: string): void => {
    issues.push({ code: 'type', where: 'forRoot', path, value: found, expected });
  };
  const read = <T>(path: string, reading: () => T): T | undefined => {
    try {
      return reading();
    } catch {
      note(path, undefined, 'a value that can be read; reading this one threw an error');
      return undefined;
    }
  };
  const checked = read('', () => givenOptions(value, 'forRoot', FORROOT_KEYS));
  if (checked?.options === undefined) {
    if (checked !== undefined) {
      note('', value, checked.expected);
    }
    return nothing;
  }
  const { options } = checked;
  const [policies, paths, debug, bus] = ROOT_KEYS.map((key) => read(key, () => ownValue(options, key)));
  if (debug !== undefined && typeof debug !== 'boolean') {
    note('debug', debug, 'true or false');
  }
  if (bus !== undefined && !isBus(bus)) {
    note('bus', bus, insteadOfBus(bus, BUS));
  }
  return { given: options, root: { where: 'forRoot', values: [options] }, policies, paths, debug: debug === true };
}

interface SplitOptions {
  /** For `update()`, whose callers get the options in force. */
  readonly given: CorsModuleOptions & CorsPolicyOptions;
  readonly root: PolicyLayer;
  readonly policies: unknown;
  readonly paths: unknown;
  readonly debug: boolean;
}

/** Each named policy as `@Cors(name)` alone would use it. It may be a part of a policy, without an origin. */
function compileNamed(root: PolicyLayer, named: NamedPolicies): ReadonlyMap<string, Compiled> {
  return new Map(
    [...named.policies.keys()].map((name) => {
      const where = `policies.${name}`;
      const result = compilePolicy([root, { where, values: [name] }], named);
      return [
        name,
        { where, result: { ...result, issues: result.issues.filter(({ code }) => code !== 'origin-missing') } },
      ];
    }),
  );
}

function sourceOf({ sources }: CompiledPolicy, field: PolicyField): string | undefined {
  return Object.hasOwn(sources, field) ? sources[field] : undefined;
}

/** One object for all equal policies: comparing them is then comparing references, and 5 000 routes hold a handful. */
function shareEqual(policies: readonly (CorsPolicy | undefined)[]): readonly (CorsPolicy | undefined)[] {
  const byKey = new Map<string, CorsPolicy>();
  return policies.map((policy) => {
    if (policy === undefined) {
      return undefined;
    }
    const known = byKey.get(policy.key) ?? policy;
    byKey.set(policy.key, known);
    return known;
  });
}
