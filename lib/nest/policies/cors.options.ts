import type { CorsPolicyName, CorsPolicyOptions } from '../../policy/model/options.js';
import type { CorsBus } from '../stores/cors-bus.js';

/** Which URLs an entry of `paths` is for: static files, a GraphQL endpoint, URLs that middleware answers. */
export interface CorsPathMatch {
  /**
   * One pattern or several, in path-to-regexp 8 syntax on every platform, as the app sees the URL: `'/graphql{/*rest}'`. No
   * prefix is added. Refused: a pattern that no request can match, and a literal one at a URL that a controller serves.
   *
   * @see https://github.com/pillarjs/path-to-regexp/blob/v8.4.2/Readme.md
   */
  readonly path: string | readonly string[];
  /**
   * The methods it is for, case-sensitive; left out: all of them. HEAD counts as GET. Other methods follow the next entry that
   * matches, or `forRoot`. Refused: methods that no page can send.
   */
  readonly methods?: readonly string[] | undefined;
}

/** A policy for URLs that no controller serves, or `untouched: true`: exactly one of the two. */
export type CorsPathPolicy =
  | (CorsPathMatch & {
      /** A policy, merged over `forRoot`'s; the name of one; or `false`, which allows no origin. */
      readonly policy: CorsPolicyOptions | CorsPolicyName | false;
      readonly untouched?: undefined;
    })
  | (CorsPathMatch & {
      /**
       * The code that serves this URL handles CORS itself: an auth library's router with `cors()` inside, a proxy's upstream. Its
       * headers stay, preflights reach it, and nothing is enforced.
       */
      readonly untouched: true;
      readonly policy?: undefined;
    });

/**
 * The options of `CorsModule.forRoot()`: the default policy of all routes, and options of the app as a whole.
 *
 * Without options, no origin is allowed, except where `@Cors` names one.
 *
 * ```ts
 * CorsModule.forRoot({ origin: 'https://app.example.com', policies: { partners: { origin: 'https://*.partner.example' } } })
 * ```
 */
export interface CorsModuleOptions extends CorsPolicyOptions {
  /** Policies by name, for `@Cors('partners')` and `@Cors({ use: 'partners', maxAge: 60 })`. Refused: `use` inside of one. */
  readonly policies?: Readonly<Partial<Record<CorsPolicyName, CorsPolicyOptions | false>>> | undefined;
  /** Policies of URLs that no controller serves. The first entry that matches URL and method wins. Default: none. */
  readonly paths?: readonly CorsPathPolicy[] | undefined;
  /**
   * Refused preflights carry the success status and the headers up to the step that failed, so that the browser's console
   * names the step. For development. Default: `false`.
   */
  readonly debug?: boolean | undefined;
  /**
   * Announces changes to the other instances of the application. `update()` and `reload()` do not change it. Default: the
   * provider under `CORS_BUS`, if there is one. Refused: an object without `publish()` and `subscribe()`.
   */
  readonly bus?: CorsBus | undefined;
}

/** The class that `forRootAsync({ useClass })` and `{ useExisting }` get the options from. */
export interface CorsOptionsFactory {
  /** Called at start, and by every `CorsService.reload()`. If it throws, the app gets that error. */
  createCorsOptions(): CorsModuleOptions | Promise<CorsModuleOptions>;
}
