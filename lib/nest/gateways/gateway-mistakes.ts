import type { CorsConfigIssue } from '../../policy/mistakes/issue.js';
import type { AppPolicies } from '../policies/app-policies.js';
import { classChain } from '../metadata/nest-metadata.js';
import { readClassValues } from '../metadata/cors-metadata.js';
import type { Door } from './door.js';
import type { GatewayGroups, ExploredGateway } from './gateway.explorer.js';

const HTTP_ONLY = 'it applies to HTTP handlers only';

/** The keys of a policy that have no effect on a socket. A gateway may inherit them from `forRoot` or a named policy. */
const MEANINGLESS: Readonly<Record<string, string>> = {
  methods: HTTP_ONLY,
  preflightContinue: 'a gateway has no OPTIONS handler',
  optionsSuccessStatus: HTTP_ONLY,
  exposedHeaders: 'no page reads the headers of a handshake',
};

/** Finds mistakes of gateways once their servers are created and their policies are compiled. */
export function findGatewayMistakes(
  gateways: readonly ExploredGateway[],
  doors: Iterable<Door>,
  groups: GatewayGroups,
  appPolicies: AppPolicies,
): readonly CorsConfigIssue[] {
  const all = [...doors];
  return [...findOptions(gateways), ...findCors(gateways, all, groups, appPolicies), ...findUnjudged(all, groups)];
}

/** Keys without effect, written on gateway classes. */
function findOptions(gateways: readonly ExploredGateway[]): readonly CorsConfigIssue[] {
  const issues = new Map<string, CorsConfigIssue>();
  for (const { type } of gateways) {
    for (const { target, name } of classChain(type)) {
      for (const [path, value] of readClassValues(target).flatMap(entriesOf)) {
        const reason = reasonOf(path, value);
        if (reason !== undefined && value !== undefined) {
          issues.set(`${name} ${path}`, { code: 'gateway-option', where: name, path, value, reason });
        }
      }
    }
  }
  return [...issues.values()];
}

/** `cors` options of socket servers whose gateways have a policy: the two would contradict each other. */
function findCors(
  gateways: readonly ExploredGateway[],
  doors: readonly Door[],
  groups: GatewayGroups,
  appPolicies: AppPolicies,
): readonly CorsConfigIssue[] {
  const issues = gateways
    .filter(({ cors, route }) => isSet(cors) && appPolicies.byRoute[route.id] !== undefined)
    .map(({ name, cors }) => duplicateOf(name, cors));
  if (issues.length > 0) {
    return issues;
  }
  return doors
    .filter((door) => isSet(door.cors) && door.groups(appPolicies).some((group) => group.length > 0))
    .flatMap(({ keys, adapter, cors }) => {
      const writers = [...keys].flatMap((key) => groups.gatewaysAt(key)).filter((gateway) => isSet(gateway.cors));
      // Written in no decorator: an adapter of the application's own has added it.
      return writers.length > 0
        ? writers.map((gateway) => duplicateOf(gateway.name, gateway.cors))
        : duplicateOf(adapter, cors);
    });
}

/** Servers whose handshakes this module does not see, although their gateways have `@Cors`. */
function findUnjudged(doors: readonly Door[], groups: GatewayGroups): readonly CorsConfigIssue[] {
  return doors
    .filter((door) => !door.isJudged)
    .flatMap(({ keys, adapter }) =>
      [...keys]
        .flatMap((key) => groups.gatewaysAt(key))
        .filter(({ layers }) => layers.length > 0)
        .map(({ name }) => ({ code: 'gateway-unjudged', where: name, path: '', value: adapter }) as const),
    );
}

function duplicateOf(where: string, value: unknown): CorsConfigIssue {
  return { code: 'duplicate-cors', where, path: 'cors', value, source: 'socket-server', mounts: [], caller: undefined };
}

function reasonOf(key: string, value: unknown): string | undefined {
  if (key === 'enforce') {
    return value === true ? undefined : 'the policy of a socket is always enforced';
  }
  return Object.hasOwn(MEANINGLESS, key) ? MEANINGLESS[key] : undefined;
}

function isSet(cors: unknown): boolean {
  return cors !== undefined && cors !== null && cors !== false;
}

/** The value may be anything: if it cannot be read, compiling has reported it already. */
function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  try {
    return typeof value === 'object' && value !== null ? Object.entries(value) : [];
  } catch {
    return [];
  }
}
