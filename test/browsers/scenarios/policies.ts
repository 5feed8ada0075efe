import type { CorsPolicyOptions } from 'nestjs-cors';
import { PageOrigins, type OriginsOfPages } from '../stage/page-origins.js';
import { PAGE_NAMES, type PageName } from './page-name.js';

/** A policy, and whom it lets in: what the scenarios expect is worked out from that, not from the library. */
export interface PolicyPlan {
  readonly admits: readonly PageName[];
  readonly credentials: boolean;
  /** Null: no `@Cors` at all. */
  readonly write: (at: OriginsOfPages) => CorsPolicyOptions | false | null;
}

const NULL_PAGES: readonly PageName[] = ['sandboxed', 'data'];
const NAMED_PAGES = PAGE_NAMES.filter((page) => !NULL_PAGES.includes(page));

function plan(admits: readonly PageName[], write: PolicyPlan['write'], credentials = false): PolicyPlan {
  return { admits, credentials, write };
}

/** Policies that differ in whom they are for. */
export const originPolicies = {
  everyone: plan(PAGE_NAMES, () => ({ origin: '*' })),
  echo: plan(
    NAMED_PAGES,
    () => ({ origin: '*', credentials: true, dangerouslyAllow: ['any-origin-with-credentials'] }),
    true,
  ),
  one: plan(['app'], (at) => ({ origin: at.app })),
  own: plan(['app'], (at) => ({ origin: at.app, credentials: true }), true),
  two: plan(['app', 'tenant'], (at) => ({ origin: [at.app, at.tenant], credentials: true }), true),
  'any-port': plan(['app', 'other-port', 'api'], () => ({ origin: 'http://localhost:*', credentials: true }), true),
  subdomains: plan(
    ['tenant', 'deep-tenant'],
    (at) => ({ origin: at.apex.replace('//', '//*.'), credentials: true }),
    true,
  ),
  'subdomains-any-port': plan(['tenant', 'deep-tenant'], () => ({ origin: 'http://*.tenant.localhost:*' })),
  regexp: plan(['tenant'], () => ({ origin: /http:\/\/[a-z]+\.tenant\.localhost:\d+/ })),
  function: plan(['app'], (at) => ({ origin: async (origin) => origin === at.app, credentials: true }), true),
  resolver: plan(['tenant', 'other-port'], () => ({ origin: { resolver: PageOrigins }, credentials: true }), true),
  null: plan(
    ['app', ...NULL_PAGES],
    (at) => ({ origin: [at.app, 'null'], credentials: true, dangerouslyAllow: ['null-origin'] }),
    true,
  ),
  enforced: plan(['app'], (at) => ({ origin: at.app, credentials: true, enforce: true }), true),
  nobody: plan([], () => ({ origin: false })),
  closed: plan([], () => false),
  none: plan([], () => null),
} satisfies Record<string, PolicyPlan>;

/** Policies that differ in what they allow; all are for `app`, with credentials unless they say `*`. */
export const detailPolicies = {
  'methods-star': detail({ methods: '*' }),
  'methods-listed': detail({ methods: ['PUT', 'PROPFIND'] }),
  'methods-none': detail({ methods: [] }),
  'headers-listed': detail({ allowedHeaders: ['X-Request-Id', 'Authorization'] }),
  'headers-none': detail({ allowedHeaders: [] }),
  'headers-added': detail({ allowedHeaders: 'content-type, x-trace' }),
  exposing: detail({ exposedHeaders: ['X-Total-Count', 'ETag', 'Content-Range'] }),
  'exposing-all': plan(PAGE_NAMES, () => ({ origin: '*', exposedHeaders: '*' })),
  'age-0': detail({ maxAge: 0 }),
  'age-600': detail({ maxAge: 600 }),
  'age-600-listed': detail({ maxAge: 600, methods: ['PUT', 'DELETE'], allowedHeaders: ['X-Request-Id', 'X-Trace'] }),
  'age-600-everyone': plan(PAGE_NAMES, () => ({ origin: '*', maxAge: 600 })),
  'status-200': detail({ optionsSuccessStatus: 200 }),
} satisfies Record<string, PolicyPlan>;

function detail(options: CorsPolicyOptions): PolicyPlan {
  return plan(['app'], (at) => ({ origin: at.app, credentials: true, ...options }), true);
}

export const policies: Readonly<Record<string, PolicyPlan>> = { ...originPolicies, ...detailPolicies };

export type OriginPolicyName = keyof typeof originPolicies;

export const ORIGIN_POLICY_NAMES = Object.keys(originPolicies) as readonly OriginPolicyName[];

/** Those that gateways and upgrades have. */
export const SOCKET_POLICY_NAMES = [
  'everyone',
  'own',
  'subdomains',
  'regexp',
  'function',
  'resolver',
  'null',
  'closed',
  'none',
] as const satisfies readonly OriginPolicyName[];

export type SocketPolicyName = (typeof SOCKET_POLICY_NAMES)[number];

/** The API's own page is nobody else's business: CORS does not ask about it. */
export function isAdmitted(policy: OriginPolicyName, page: PageName): boolean {
  return page === 'api' || originPolicies[policy].admits.includes(page);
}
