import { types } from 'node:util';

import { Inject, Injectable } from '@nestjs/common';

import { closestName } from '../policy/mistakes/closest-name.js';
import { CorsConfigError } from '../policy/mistakes/config-error.js';
import { evaluateRequest } from '../policy/decisions/evaluate.js';
import type { CorsConfigIssue } from '../policy/mistakes/issue.js';
import { isClass } from '../policy/model/is-class.js';
import { ownOptions, ownValue } from '../policy/model/own-keys.js';
import type { CorsPolicyName } from '../policy/model/options.js';
import { CorsApplication } from './cors.application.js';
import type { CorsExplanation, CorsQuestion } from './request/explanation.js';
import type { CorsModuleOptions } from './policies/cors.options.js';
import {
  listPaths,
  listRoutes,
  rootPolicy,
  type CorsPathEntry,
  type CorsRootPolicy,
  type CorsRoute,
} from './policies/cors-route.js';
import { explainHandshake } from './gateways/handshake-explainer.js';
import { settle } from './report/settle.js';
import { Explainer } from './request/explainer.js';
import { askOrigin } from './request/ask-origin.js';

/**
 * Reads and changes the application's CORS policies. Injectable anywhere, and ready from `onModuleInit()` on; before that,
 * every method throws or rejects.
 */
@Injectable()
export class CorsService {
  /** @internal */
  constructor(@Inject(CorsApplication) private readonly application: CorsApplication) {}

  /** Every route with its policy in force, and which layer set each field. */
  routes(): readonly CorsRoute[] {
    return listRoutes(this.application.targets, this.application.appPolicies);
  }

  /** Every entry of `paths`, in the order in which they are tried, with its policy in force. */
  paths(): readonly CorsPathEntry[] {
    return listPaths(this.application.appPolicies);
  }

  /** `forRoot`'s own policy: of every URL that neither a route nor an entry of `paths` decides about. */
  rootPolicy(): CorsRootPolicy {
    return rootPolicy(this.application.appPolicies);
  }

  /**
   * Tells what would happen to a request, and why: the verdict, the step that refused, the headers, the routes it may reach.
   * Functions and resolvers are asked only with `askResolvers`, as they may have side effects; otherwise the verdict is
   * `undecided` if it depends on them. Rejects in an application without HTTP.
   *
   * ```ts
   * await cors.explain({ origin: 'https://app.example.com', method: 'PUT', url: '/cats/1' }); // { verdict: 'refused', step: 'method', … }
   * await cors.explain({ origin: 'https://app.example.com', url: '/socket.io/', handshake: true }); // { verdict: 'allowed', … }
   * ```
   */
  async explain(
    question: CorsQuestion,
    options: { readonly askResolvers?: boolean | undefined } = {},
  ): Promise<CorsExplanation> {
    const { runtime, gateways } = this.application;
    const asks = ownValue(options, 'askResolvers') === true;
    const asked = ownOptions(question);
    if (asked.handshake === true) {
      return explainHandshake(gateways, asked, asks);
    }
    if (runtime === undefined) {
      throw new Error(
        'CorsService.explain() does not know routes before onModuleInit(), nor in an application without HTTP',
      );
    }
    return new Explainer(runtime, asks, this.application.mountPathAt).explain(asked);
  }

  /**
   * Tells whether a policy allows an origin, for code other than routes and gateways. Without a name it is
   * `forRoot`'s policy; if that names no origin, none is allowed. Functions and resolvers are asked, with the phase
   * `other`. Rejects with a `CorsConfigError` for a name that `policies` does not have.
   *
   * ```ts
   * if (!(await cors.allows(origin, 'partners'))) throw new ForbiddenException();
   * ```
   */
  async allows(origin: string, policy?: CorsPolicyName): Promise<boolean> {
    const { appPolicies } = this.application;
    if (policy !== undefined && !appPolicies.named.has(policy)) {
      throw new CorsConfigError([unknownPolicy(policy, appPolicies.named.keys())]);
    }
    const chosen = policy === undefined ? appPolicies.base : appPolicies.named.get(policy);
    if (chosen === undefined) {
      return false;
    }
    const { verdict } = evaluateRequest(chosen, origin);
    if (verdict !== 'pending') {
      return verdict === 'allowed';
    }
    const question = {
      origin,
      phase: 'other',
      method: '',
      url: '',
      params: {},
      host: undefined,
      route: undefined,
    } as const;
    return askOrigin(chosen, question, appPolicies, undefined);
  }

  /**
   * Replaces the options of `forRoot()` while the application runs, by new ones or by a function of those in force. Compiles,
   * then swaps: a request in progress keeps the policies it started with, and open sockets stay open. If there are mistakes, it
   * rejects with a `CorsConfigError` that lists all of them and changes nothing. Decorators stay as they are; other
   * instances are not told (see `reload()`).
   *
   * ```ts
   * await cors.update((current) => ({ ...current, origin: origins }));
   * ```
   */
  async update(change: CorsModuleOptions | ((current: CorsModuleOptions) => CorsModuleOptions)): Promise<void> {
    // A class cannot be called: it is reported like any other wrong value.
    const options: unknown =
      typeof change === 'function' && !isClass(change) ? change(this.application.appPolicies.options) : change;
    if (types.isPromise(options)) {
      settle(options, () => undefined);
      const expected = 'the options themselves; await the promise first';
      throw new CorsConfigError([{ code: 'type', where: 'CorsService.update()', path: '', value: options, expected }]);
    }
    this.application.policies.update(options);
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
  async reload(options: { readonly everywhere?: boolean | undefined } = {}): Promise<void> {
    const { instances, policies } = this.application;
    const isEverywhere = ownValue(options, 'everywhere') === true;
    if (isEverywhere && !instances.hasBus) {
      throw new Error(
        'CorsService.reload({ everywhere: true }) needs a bus; give one to forRootAsync(), or provide CORS_BUS',
      );
    }
    await policies.reload();
    if (isEverywhere) {
      await instances.tellToReload();
    }
  }
}

function unknownPolicy(name: string, known: Iterable<string>): CorsConfigIssue {
  const guess = closestName(name, known);
  return {
    code: 'unknown-policy',
    where: 'CorsService.allows()',
    path: 'policy',
    value: name,
    guess,
    suggestion: undefined,
  };
}
