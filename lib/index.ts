/**
 * The module, its decorator, its service, and the types of what they take.
 *
 * @module nestjs-cors
 */
export { CorsModule } from './nest/cors.module.js';
export { Cors, type CorsDecoratorValue } from './nest/metadata/cors.decorator.js';
export { CorsService } from './nest/cors.service.js';
export { CorsInterceptor } from './nest/cors.interceptor.js';
export { CORS_BUS, CORS_OPTIONS } from './nest/cors.constants.js';
export type { CorsModuleAsyncOptions } from './nest/cors.module-definition.js';
export type {
  CorsModuleOptions,
  CorsOptionsFactory,
  CorsPathMatch,
  CorsPathPolicy,
} from './nest/policies/cors.options.js';
export type { CorsEffectivePolicy, CorsPathEntry, CorsRootPolicy, CorsRoute } from './nest/policies/cors-route.js';
export type { CorsExplanation, CorsQuestion } from './nest/request/explanation.js';
export type { CorsDecisionEvent } from './nest/report/decision-channel.js';
export { CorsOriginStore } from './nest/stores/cors-origin-store.js';
export type { CorsOriginStoreOptions } from './nest/stores/store-options.js';
export type { CorsBus } from './nest/stores/cors-bus.js';
export { CorsConfigError } from './policy/mistakes/config-error.js';
export type { CorsConfigIssue } from './policy/mistakes/issue.js';
export type { DecisionReason as CorsDecisionReason, RefusedStep as CorsRefusedStep } from './policy/model/decision.js';
export type { CorsCure, CorsDiagnosis, CorsDiagnosisReason, CorsDiagnosisStep } from './policy/diagnosis/diagnosis.js';
export { checkOrigin, type CheckOriginOptions, type CorsOriginIssue } from './policy/origins/stored-origins.js';
export { originList } from './policy/origins/origin-list.js';
export type {
  CorsDangerCode,
  CorsNames,
  CorsOrigin,
  CorsPolicyName,
  CorsPolicyNames,
  CorsPolicyOptions,
} from './policy/model/options.js';
export type {
  CorsOriginFunction,
  CorsOriginQuestion,
  CorsOriginResolver,
  CorsResolverToken,
} from './policy/model/origin-resolver.js';
