import type { CorsDiagnosis } from '../policy/diagnosis/diagnosis.js';
import type { NestApp } from './fetch-target.js';

/** The token under which `CorsModule` provides it: a symbol, as this entry has to work without the other. */
const REPORT = Symbol.for('nestjs-cors:report');

/** What an application with `CorsModule` reports about itself: its own types, as nothing here imports what is tested. */
export interface AppReport {
  diagnose(page: object): CorsDiagnosis | undefined;
  policies(): PoliciesInForce;
}

/** All policies of an application. */
export interface PoliciesInForce {
  readonly routes: readonly (Listed & { readonly route: string; readonly method: string; readonly path: string })[];
  readonly paths: readonly (Listed & {
    readonly path: readonly string[];
    readonly methods: readonly string[] | undefined;
  })[];
  readonly root: Listed;
}

/** A target and its policy; undefined: it is left to the app. */
export interface Listed {
  readonly policy: ListedPolicy | undefined;
}

/** A policy as `CorsService.routes()` describes it. */
export interface ListedPolicy {
  readonly shares: 'everyone' | 'named' | 'nobody';
  readonly origins: readonly string[];
  readonly credentials: boolean;
  readonly methods: 'auto' | '*' | readonly string[];
  readonly allowedHeaders: '*' | readonly string[];
  readonly exposedHeaders: readonly string[];
  readonly maxAge: number | undefined;
  readonly optionsSuccessStatus: number;
  readonly preflightContinue: boolean;
  readonly enforce: boolean;
  readonly originTimeout: number;
}

interface Container {
  get(token: symbol, options: { readonly strict: false }): unknown;
}

/** A Nest application, rather than a server or a URL. */
export function isApplication(target: unknown): target is NestApp & Container {
  return typeof target === 'object' && target !== null && 'get' in target && 'getHttpAdapter' in target;
}

/** Undefined for an application without `CorsModule`: Nest throws if there is no provider. */
export function reportOf(app: Container): AppReport | undefined {
  try {
    const provided: unknown = app.get(REPORT, { strict: false });
    return isReport(provided) ? provided : undefined;
  } catch {
    return undefined;
  }
}

function isReport(value: unknown): value is AppReport {
  return typeof value === 'object' && value !== null && 'diagnose' in value && 'policies' in value;
}
