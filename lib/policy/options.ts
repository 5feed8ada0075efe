/**
 * What people write. Nothing in here is used while a request runs: `compilePolicy` turns it into a {@link CorsPolicy}.
 */

/** What a function origin or a {@link CorsOriginResolver} may know of the request: what a preflight knows too, and no header. */
export interface CorsOriginQuestion {
  /** The `Origin` header, well-formed and at most 326 characters long. */
  readonly origin: string;
  /** `preflight` before a request, `request` for the request itself, `other` for `CorsService.allows()`. */
  readonly phase: 'preflight' | 'request' | 'other';
  /** The request's method; on a preflight the announced one. */
  readonly method: string;
  /** The request's target as the server received it, query included. */
  readonly url: string;
  /** The parameters of the matched route. */
  readonly params: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The `Host` header (`:authority` on HTTP/2). */
  readonly host: string | undefined;
  /** The route's name, `CatsController.update`; undefined where no route was matched. */
  readonly route: string | undefined;
  /** Aborted when `originTimeout` has passed. */
  readonly signal: AbortSignal;
}

/** A provider that decides about origins: `@Cors({ origin: { resolver: TenantOrigins } })`. */
export interface CorsOriginResolver {
  allowsOrigin(origin: string, request: CorsOriginQuestion): boolean | Promise<boolean>;
}

/** A class, abstract or not, as an injection token. */
export type CorsResolverClass = abstract new (...args: never[]) => CorsOriginResolver;

/** The injection token of a resolver. */
export type CorsResolverToken = CorsResolverClass | string | symbol;

/** A function origin. */
export type CorsOriginFunction = (origin: string, request: CorsOriginQuestion) => boolean | Promise<boolean>;

/** One item of the `origin` option. */
export type CorsOrigin = string | RegExp | CorsOriginFunction | { readonly resolver: CorsResolverToken };

/** Augment it with the names of your policies and a misspelt `@Cors('partnes')` no longer compiles. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface CorsPolicyNames {}

/** The name of a policy in `forRoot({ policies })`. */
export type CorsPolicyName = keyof CorsPolicyNames extends never ? string : keyof CorsPolicyNames & string;

/** The mistakes that a layer can acknowledge by name. */
export type CorsDangerCode =
  | 'null-origin'
  | 'public-suffix'
  | 'any-origin-with-credentials'
  | 'insecure-origin-with-credentials'
  | 'regexp-unsafe'
  | 'regexp-too-wide'
  | 'regexp-dot';

/** A list of names, or the same as a comma string. */
export type CorsNames = string | readonly string[];

export interface CorsPolicyOptions {
  readonly use?: CorsPolicyName | undefined;
  readonly origin?: CorsOrigin | readonly CorsOrigin[] | false | undefined;
  readonly methods?: CorsNames | undefined;
  readonly allowedHeaders?: CorsNames | { readonly add: CorsNames } | undefined;
  readonly exposedHeaders?: CorsNames | { readonly add: CorsNames } | undefined;
  readonly credentials?: boolean | undefined;
  readonly maxAge?: number | undefined;
  readonly preflightContinue?: boolean | undefined;
  readonly optionsSuccessStatus?: number | undefined;
  readonly enforce?: boolean | undefined;
  readonly originTimeout?: number | undefined;
  readonly dangerouslyAllow?: readonly CorsDangerCode[] | undefined;
}
