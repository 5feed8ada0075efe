import type { FactoryProvider } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';

import type { CorsApplication } from './cors.application.js';
import { CORS_OPTIONS } from './cors.constants.js';
import { OPTIONS_SOURCE } from './policies/options-source.js';

/** The injection token of the {@link CorsApplication}. */
export const CORS_APPLICATION = Symbol('nestjs-cors:application');

const applications = new WeakSet<object>();

/** False also for what Nest keeps in its place until it is there. */
export function isCorsApplication(value: unknown): value is CorsApplication {
  return typeof value === 'object' && value !== null && applications.has(value);
}

/**
 * Most of the package is loaded here, when an application is created: a unit test of a controller imports `Cors` as well, and
 * needs nothing else.
 */
export const applicationProvider: FactoryProvider<Promise<CorsApplication>> = {
  provide: CORS_APPLICATION,
  inject: [
    CORS_OPTIONS,
    HttpAdapterHost,
    ApplicationConfig,
    ModulesContainer,
    { token: OPTIONS_SOURCE, optional: true },
  ],
  useFactory: async (...dependencies: ConstructorParameters<typeof CorsApplication>) => {
    const loaded = await import('./cors.application.js');
    const application = new loaded.CorsApplication(...dependencies);
    applications.add(application);
    return application;
  },
};
