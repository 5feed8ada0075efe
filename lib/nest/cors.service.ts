import { Inject, Injectable, Logger } from '@nestjs/common';

import { checkObject } from '../policy/mistakes/argument.js';
import { failureText } from '../policy/mistakes/config-error.js';
import { ownValue } from '../policy/model/own-keys.js';
import type { CorsPolicyName } from '../policy/model/options.js';
import { CORS_APPLICATION, requireApplication } from './application.provider.js';
import type { CorsApplication } from './cors.application.js';
import type { CorsModuleOptions } from './policies/cors.options.js';
import type { CorsPathEntry, CorsRootPolicy, CorsRoute } from './policies/cors-route.js';
import type { Holder } from './policies/holders.js';
import { AppLog } from './report/app-log.js';
import { reported } from './report/reported-promise.js';
import type { CorsExplanation, CorsQuestion } from './request/explanation.js';

/**
 * Reads and changes the application's CORS policies. Injectable anywhere, and ready from `onModuleInit()` on; before that,
 * every method throws or rejects. A rejection that is not awaited is logged, and does not end the process.
 */
@Injectable()
export class CorsService {
  /** @internal Nothing is private to the object itself: it may be called through a proxy, or an object derived from it. */
  constructor(@Inject(CORS_APPLICATION) private readonly holder: Holder<CorsApplication>) {}

  /** Every route with its policy in force, and which layer set each field. */
  routes(): readonly CorsRoute[] {
    return applicationOf(this.holder).questions.routes();
  }

  /** Every entry of `paths`, in the order in which they are tried, with its policy in force. */
  paths(): readonly CorsPathEntry[] {
    return applicationOf(this.holder).questions.paths();
  }

  /** `forRoot`'s own policy, for every URL that neither a route nor an entry of `paths` covers. */
  rootPolicy(): CorsRootPolicy {
    return applicationOf(this.holder).questions.rootPolicy();
  }

  /**
   * Explains what would happen to a request, and why: the verdict, the step that refused, the headers, the routes it may reach.
   * Functions and resolvers are asked only with `askResolvers`, as they may have side effects; otherwise the verdict is
   * `undecided` if it depends on them. Rejects in an application without HTTP.
   *
   * ```ts
   * await cors.explain({ origin: 'https://app.example.com', method: 'PUT', url: '/cats/1' }); // { verdict: 'refused', step: 'method', … }
   * await cors.explain({ origin: 'https://app.example.com', url: '/socket.io/', handshake: true }); // { verdict: 'allowed', … }
   * ```
   */
  explain(
    question: CorsQuestion,
    options: { readonly askResolvers?: boolean | undefined } = {},
  ): Promise<CorsExplanation> {
    return answer('explain', async () => {
      checkObject('explain()', '{ askResolvers }', options);
      return applicationOf(this.holder).questions.explain(question, ownValue(options, 'askResolvers') === true);
    });
  }

  /**
   * Returns whether a policy allows an origin, for code other than routes and gateways. Undefined, for a request without the
   * header, is allowed only by `'*'`. Without a name, `forRoot`'s policy decides; if that names no origin, none is allowed.
   * Functions and resolvers are asked, with the phase `other`. Rejects with a `CorsConfigError` for a name that `policies` does
   * not have.
   *
   * ```ts
   * if (!(await cors.allows(origin, 'partners'))) throw new ForbiddenException();
   * ```
   */
  allows(origin: string | undefined, policy?: CorsPolicyName): Promise<boolean> {
    return answer('allows', async () => applicationOf(this.holder).questions.allows(origin, policy));
  }

  /**
   * Replaces the options of `forRoot()` while the application runs, with new ones, or with those that a function makes of the
   * current ones. Compiles, then swaps: a request in progress keeps the policies it started with, and open sockets stay open.
   * If there are mistakes, it rejects with a `CorsConfigError` that lists all of them and changes nothing. Decorators stay as
   * they are; other instances are not told (see `reload()`).
   *
   * ```ts
   * await cors.update((current) => ({ ...current, origin: origins }));
   * ```
   */
  update(change: CorsModuleOptions | ((current: CorsModuleOptions) => CorsModuleOptions)): Promise<void> {
    return answer('update', async () => applicationOf(this.holder).update(change));
  }

  /**
   * Runs the factory of `forRootAsync()` again, and swaps its policies in as `update()` does. If the factory fails or its
   * options have mistakes, it rejects and changes nothing.
   *
   * `everywhere`: then tells all other instances over the bus to do the same. An instance that fails keeps its policies and
   * logs the error; one whose policies were changed by `update()` keeps them. If the bus fails, it does not reject: the others
   * are told later.
   *
   * ```ts
   * await cors.reload({ everywhere: true });
   * ```
   */
  reload(options: { readonly everywhere?: boolean | undefined } = {}): Promise<void> {
    return answer('reload', async () => {
      checkObject('reload()', '{ everywhere }', options);
      await applicationOf(this.holder).reload(ownValue(options, 'everywhere') === true);
    });
  }
}

/** What a method returns. */
function answer<T>(method: keyof CorsService, run: () => Promise<T>): Promise<T> {
  return reported(run, (error) =>
    new AppLog(new Logger('CorsModule')).error(
      `CorsService.${method}() failed, and nothing waits for it: ${failureText(error)}`,
    ),
  );
}

function applicationOf(holder: Holder<CorsApplication>): CorsApplication {
  return requireApplication(holder, 'CorsService');
}
