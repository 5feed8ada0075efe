/**
 * What a function origin or a {@link CorsOriginResolver} may know of the request: what a preflight knows too, and no
 * header. A preflight has none of the request's headers, and an answer that depended on one would have to name it in
 * `Vary`.
 */
export interface CorsOriginQuestion {
  /** The `Origin` header, well-formed and at most 326 characters long. */
  readonly origin: string;
  /**
   * `preflight` before a request, `request` for the request itself, `handshake` for a socket (polling requests of
   * socket.io included), `other` for `CorsService.allows()`.
   */
  readonly phase: 'preflight' | 'request' | 'handshake' | 'other';
  /** The request's method; on a preflight the announced one. */
  readonly method: string;
  /** The request's target as the server received it, query included. */
  readonly url: string;
  /** The parameters of the matched route. */
  readonly params: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The `Host` header (`:authority` on HTTP/2). */
  readonly host: string | undefined;
  /** The route's name, `CatsController.update`, or the gateway's; undefined where no route was matched. */
  readonly route: string | undefined;
  /** Aborted when `originTimeout` has passed, and when the client of a handshake has left. */
  readonly signal: AbortSignal;
}

/**
 * A provider that decides about origins, of any module of the application. It must be a static one (not request-scoped,
 * not transient).
 *
 * @example
 * ```ts
 * @Injectable()
 * export class TenantOrigins implements CorsOriginResolver {
 *   constructor(private readonly tenants: TenantsService) {}
 *   allowsOrigin(origin: string): Promise<boolean> {
 *     return this.tenants.owns(origin);
 *   }
 * }
 *
 * @Cors({ origin: { resolver: TenantOrigins } })
 * ```
 */
export interface CorsOriginResolver {
  /**
   * True to allow. Asked at most once per request and policy, only about a well-formed `Origin` that no static item
   * matched, and on a preflight only after method and headers passed. What throws, rejects, takes longer than
   * `originTimeout` or answers anything but a boolean refuses the origin; the request itself goes on.
   */
  allowsOrigin(origin: string, request: CorsOriginQuestion): boolean | Promise<boolean>;
}

/** A class, abstract or not, as an injection token. */
export type CorsResolverClass = abstract new (...args: never[]) => CorsOriginResolver;

/** The injection token of a resolver. */
export type CorsResolverToken = CorsResolverClass | string | symbol;

/** A function origin: as {@link CorsOriginResolver.allowsOrigin}. It returns its answer; there is no callback. */
export type CorsOriginFunction = (origin: string, request: CorsOriginQuestion) => boolean | Promise<boolean>;
