export { CorsModule } from './nest/cors.module.js';
export { Cors, type CorsDecoratorValue } from './nest/cors.decorator.js';
export { CorsService } from './nest/cors.service.js';
export { CorsInterceptor } from './nest/cors.interceptor.js';
export { CORS_OPTIONS } from './nest/cors.constants.js';
export type { CorsModuleAsyncOptions } from './nest/cors.module-definition.js';
export type { CorsModuleOptions, CorsOptionsFactory, CorsPathPolicy } from './nest/cors.options.js';
export type { CorsEffectivePolicy, CorsRoute } from './nest/cors-route.js';
export type { CorsExplanation, CorsQuestion } from './nest/cors-explanation.js';
export type { CorsDecisionEvent } from './nest/decision-channel.js';
export { CorsConfigError } from './policy/config-error.js';
export type { CorsConfigIssue } from './policy/issue.js';
export type { DecisionReason as CorsDecisionReason, RefusedStep as CorsRefusedStep } from './policy/decision.js';
export { originList } from './policy/origin-list.js';
export type {
  CorsDangerCode,
  CorsNames,
  CorsOrigin,
  CorsPolicyName,
  CorsPolicyNames,
  CorsPolicyOptions,
} from './policy/options.js';
export type {
  CorsOriginFunction,
  CorsOriginQuestion,
  CorsOriginResolver,
  CorsResolverToken,
} from './policy/asked-origin.js';
