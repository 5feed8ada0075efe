import type { CompiledPolicy } from '../../policy/compile.js';
import type { CorsOriginResolver, CorsResolverToken } from '../../policy/model/origin-resolver.js';
import type { CorsPolicy } from '../../policy/model/policy.js';
import type { PathList } from '../../routing/path-list.js';
import type { PathPolicy } from './path-policies.js';
import type { CorsModuleOptions } from './cors.options.js';
import type { RequestLog } from '../report/request-log.js';

/**
 * What requests need of the options and the decorators: compiled once, then only read. `CorsService.update()` creates a new
 * one and swaps it in; a request keeps the one that it started with.
 */
export interface AppPolicies {
  /** The options it was made from. */
  readonly options: CorsModuleOptions;
  /** `forRoot`'s own policy; undefined where it names no origin. */
  readonly base: CorsPolicy | undefined;
  /** Which of its fields `forRoot` wrote. */
  readonly baseSources: CompiledPolicy['sources'];
  /** By `Route.id`; undefined where a route has no policy. Those of the gateways follow. */
  readonly byRoute: readonly (CorsPolicy | undefined)[];
  /** The same as each was written, to be shown: of equal policies, `byRoute` has one for all. */
  readonly asWritten: readonly (CorsPolicy | undefined)[];
  /** Which layer set each field, by `Route.id`. */
  readonly sources: readonly CompiledPolicy['sources'][];
  /** By name, each over `forRoot`'s defaults. */
  readonly named: ReadonlyMap<string, CorsPolicy | undefined>;
  readonly paths: PathList<PathPolicy>;
  readonly debug: boolean;
  readonly resolvers: ReadonlyMap<CorsResolverToken, CorsOriginResolver>;
  readonly requestLog: RequestLog;
}
