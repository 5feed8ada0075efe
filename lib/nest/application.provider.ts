import type { FactoryProvider } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModuleRef, ModulesContainer } from '@nestjs/core';

import { CorsConfigError } from '../policy/mistakes/config-error.js';
import { isLoadedLate, readableModules } from './app-modules.js';
import type { CorsApplication } from './cors.application.js';
import { CORS_OPTIONS } from './cors.constants.js';
import { Holders, type Holder } from './policies/holders.js';
import { OPTIONS_SOURCE, sourceIn } from './policies/options-source.js';

/** The injection token of the holder of the {@link CorsApplication}. */
export const CORS_APPLICATION = Symbol('nestjs-cors:application');

const applications = new Holders<CorsApplication>();

/** Undefined also for what Nest keeps in its place until it is there. */
export function applicationIn(given: unknown): CorsApplication | undefined {
  return applications.open(given);
}

/** @param asker - who needs it. Throws if a test has injected something else: nothing of it may be asked. */
export function requireApplication(given: unknown, asker: string): CorsApplication {
  const application = applicationIn(given);
  if (application === undefined) {
    throw new Error(`${asker} works only with CorsModule; import CorsModule.forRoot() in the root module`);
  }
  return application;
}

/**
 * Most of the package is loaded here, when an application is created: a unit test of a controller imports `Cors` as well, and
 * needs nothing else.
 */
export const applicationProvider: FactoryProvider<Promise<Holder<CorsApplication>>> = {
  provide: CORS_APPLICATION,
  inject: [CORS_OPTIONS, OPTIONS_SOURCE, HttpAdapterHost, ApplicationConfig, ModulesContainer, ModuleRef],
  useFactory: async (
    injected: unknown,
    holder: unknown,
    host: HttpAdapterHost,
    config: ApplicationConfig,
    container: ModulesContainer,
    ref: ModuleRef,
  ) => {
    const modules = readableModules(container, ref);
    if (isLoadedLate(modules, ref)) {
      throw new CorsConfigError([{ code: 'lazy-module', where: 'CorsModule', path: '', value: undefined }]);
    }
    const made = sourceIn(holder);
    const isReplaced = made?.first === undefined;
    const options = isReplaced ? injected : made.first;
    const loaded = await import('./cors.application.js');
    return applications.hold(new loaded.CorsApplication(options, isReplaced ? undefined : made, host, config, modules));
  },
};
