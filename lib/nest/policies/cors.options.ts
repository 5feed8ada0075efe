import type { CorsPolicyName, CorsPolicyOptions } from '../../policy/model/options.js';

/** A policy for URLs that no controller serves: static files, a GraphQL endpoint, what middleware answers. */
export interface CorsPathPolicy {
  /**
   * The pattern in path-to-regexp 8 syntax on every platform, as the app sees the URL: `'/graphql{/*rest}'`. No prefix is added.
   *
   * @see https://github.com/pillarjs/path-to-regexp/blob/v8.4.2/Readme.md
   */
  readonly path: string;
  /** The methods it is for, case-sensitive; left out: all of them. HEAD counts as GET. Refused: what is no method name. */
  readonly methods?: readonly string[] | undefined;
  /** A policy, merged over `forRoot`'s; the name of one; or `false`: shared with nobody. */
  readonly policy: CorsPolicyOptions | CorsPolicyName | false;
}

/**
 * The options of `CorsModule.forRoot()`: the policy of every route that says nothing else, and what only the app can say.
 *
 * Nothing given, nothing is shared: routes open up one by one, with `@Cors({ origin: … })`.
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
}

/** What `forRootAsync({ useClass })` and `{ useExisting }` ask for the options. */
export interface CorsOptionsFactory {
  /** Called once, at start. What it throws is the app's own error. */
  createCorsOptions(): CorsModuleOptions | Promise<CorsModuleOptions>;
}
