import type { CompileMemo } from './layers/named-policies.js';
import { compileOrigins, type CompiledOrigins } from './origins/compiled-origins.js';
import { EMPTY_STACK, type LayerStack, type MergedValues } from './layers/merged-layers.js';
import type { OriginOption } from './origins/origin-option.js';
import { compiled, type AllowedHeaderNames, type CorsPolicy } from './model/policy.js';
import { answersOf } from './decisions/request-decision.js';

export interface BuildOptions {
  /** The methods that `'auto'` stands for; left out: those that the URL asked about serves. */
  readonly served?: readonly string[] | undefined;
}

/** `origin: false`. */
const NOBODY: OriginOption = Object.freeze({
  everyone: false,
  hasNull: false,
  patterns: [],
  regexps: [],
  asks: [],
  dangers: [],
  publicSuffixes: [],
  insecure: [],
  insecureRegExps: [],
});

/** Everything of a policy but its origins, defaults filled in. Plain data: its JSON tells whether two are the same. */
interface Settings {
  readonly credentials: boolean;
  readonly methods: 'auto' | '*' | readonly string[];
  readonly allowedHeaders: '*' | readonly string[];
  readonly exposedHeaders: '*' | readonly string[];
  readonly maxAge: number | undefined;
  readonly optionsSuccessStatus: number;
  readonly preflightContinue: boolean;
  readonly enforce: boolean;
  readonly originTimeout: number;
}

/** Builds the policy of a stack without mistakes; undefined if no layer names an origin. */
export function buildPolicy(stack: LayerStack, memo: CompileMemo, { served }: BuildOptions): CorsPolicy | undefined {
  const option = stack.closed ? NOBODY : stack.values.origin;
  if (option === undefined) {
    return undefined;
  }
  const nullAllowed = stack.writers.get('origin')?.acknowledged.has('null-origin') === true;
  const origins = memo.origins(option, nullAllowed, () => compileOrigins(option, nullAllowed));
  const settings = settingsOf(stack.values, served);
  return memo.policy(JSON.stringify([origins.key, settings]), () => policyOf(origins, settings));
}

/** The policy of `false`, for places where having none counts as being closed. */
export const CLOSED_POLICY: CorsPolicy = policyOf(
  compileOrigins(NOBODY, false),
  settingsOf(EMPTY_STACK.values, undefined),
);

function settingsOf(values: MergedValues, served: readonly string[] | undefined): Settings {
  const methods = values.methods ?? 'auto';
  return {
    credentials: values.credentials ?? false,
    methods: distinct(methods === 'auto' ? (served ?? methods) : methods, (method) => method),
    allowedHeaders: distinct(values.allowedHeaders ?? '*', (name) => name.toLowerCase()),
    exposedHeaders: distinct(values.exposedHeaders ?? [], (name) => name.toLowerCase()),
    maxAge: values.maxAge,
    // RFC 9110 15.3.5: a success without content. Some very old browsers wanted 200.
    optionsSuccessStatus: values.optionsSuccessStatus ?? 204,
    preflightContinue: values.preflightContinue ?? false,
    enforce: values.enforce ?? false,
    originTimeout: values.originTimeout ?? 2000,
  };
}

/** Names once each, in the first spelling; keywords stay as they are. */
function distinct<Keyword extends string>(
  names: Keyword | readonly string[],
  key: (name: string) => string,
): Keyword | readonly string[] {
  if (typeof names === 'string') {
    return names;
  }
  const byKey = new Map<string, string>();
  for (const name of names) {
    if (!byKey.has(key(name))) {
      byKey.set(key(name), name);
    }
  }
  return Object.freeze([...byKey.values()]);
}

function policyOf(origins: CompiledOrigins, settings: Settings): CorsPolicy {
  const { credentials, methods, allowedHeaders, exposedHeaders } = settings;
  const { everyone } = origins.matcher;
  const fixedEveryone = everyone && !credentials;
  // An empty list gives no ACEH.
  const exposed = exposedHeaders === '*' ? exposedHeaders : exposedHeaders.join(', ') || undefined;
  return Object.freeze<CorsPolicy>({
    [compiled]: true,
    key: keyOf(origins, settings),
    closed: origins.closed,
    origins: origins.matcher,
    asks: origins.asks,
    together: undefined,
    credentials,
    methods,
    methodsText: typeof methods === 'string' ? undefined : methods.join(', '),
    allowedHeaders: allowedHeaders === '*' ? allowedHeaders : headerNames(allowedHeaders),
    exposedHeaders: exposed,
    maxAge: settings.maxAge,
    optionsSuccessStatus: settings.optionsSuccessStatus,
    preflightContinue: settings.preflightContinue,
    enforce: settings.enforce,
    originTimeout: settings.originTimeout,
    varies: !origins.closed && !fixedEveryone,
    fixedEveryone,
    answers: answersOf({ closed: origins.closed, fixedEveryone, exposed }),
  });
}

function headerNames(spelled: readonly string[]): AllowedHeaderNames {
  return Object.freeze({
    names: new Set(spelled.map((name) => name.toLowerCase())),
    spelled,
    text: spelled.join(', '),
    longest: Math.max(0, ...spelled.map((name) => name.length)),
  });
}

/**
 * Lists are sorted, names in lower case. Of a closed policy, only what has an effect counts: whether it is enforced, and
 * the status under `debug`.
 */
function keyOf(origins: CompiledOrigins, settings: Settings): string {
  const { methods, allowedHeaders, exposedHeaders, enforce, optionsSuccessStatus } = settings;
  if (origins.closed) {
    return JSON.stringify(['closed', enforce, optionsSuccessStatus]);
  }
  const lists = {
    methods: sorted(methods),
    allowedHeaders: sorted(allowedHeaders, true),
    exposedHeaders: sorted(exposedHeaders, true),
  };
  return JSON.stringify([origins.key, { ...settings, ...lists }]);
}

function sorted(names: string | readonly string[], ignoreCase = false): string | readonly string[] {
  if (typeof names === 'string') {
    return names;
  }
  return names.map((name) => (ignoreCase ? name.toLowerCase() : name)).toSorted();
}
