/**
 * What a function origin or a {@link CorsOriginResolver} knows about the request: only what a preflight has, too, so no
 * headers. A preflight has none of the request's headers, and an answer that depended on one would have to name it in `Vary`.
 *
 * Most values are computed when read. Destructure those that you need, `({ params, host })`: a copy by `{ ...question }` does
 * not have them.
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
  /**
   * The request's target as the server received it, query included. If middleware on Express rewrites it, you are asked again,
   * with the new one, before the handler runs.
   */
  readonly url: string;
  /** The parameters that the matched route reads from `url`; where no route takes the request, those that all routes there read alike. */
  readonly params: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The `Host` header (`:authority` on HTTP/2). */
  readonly host: string | undefined;
  /** The route's name, `CatsController.update`, or the gateway's; undefined where no route was matched. */
  readonly route: string | undefined;
  /** Whether the policy that asks allows credentials. */
  readonly credentials: boolean;
  /** Aborted after `originTimeout`, and when the client of a handshake disconnects. */
  readonly signal: AbortSignal;
}

/**
 * A provider, of any module of the application, that decides about origins. It must be static (neither request-scoped nor
 * transient).
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
   * Returns true to allow the origin. Called at most once per request and policy, only for a well-formed `Origin` that no static
   * item matched, and on a preflight only after method and headers passed. If it throws, rejects, takes longer than
   * `originTimeout` or returns anything but a boolean, the origin is refused; the request itself goes on.
   */
  allowsOrigin(origin: string, request: CorsOriginQuestion): boolean | Promise<boolean>;
}

/** A class, abstract or not, as an injection token. */
export type CorsResolverClass = abstract new (...args: never[]) => CorsOriginResolver;

/** The injection token of a resolver. */
export type CorsResolverToken = CorsResolverClass | string | symbol;

/** A function origin, like {@link CorsOriginResolver.allowsOrigin}. It returns its answer; there is no callback. */
export type CorsOriginFunction = (origin: string, request: CorsOriginQuestion) => boolean | Promise<boolean>;
