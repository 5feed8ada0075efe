import type { FactoryProvider } from '@nestjs/common';

import { CORS_APPLICATION } from './application.provider.js';
import type { RefusedPage } from './app-questions.js';
import type { CorsApplication } from './cors.application.js';
import { CORS_REPORT } from './cors.constants.js';

/** What tests can ask the application. */
export const reportProvider: FactoryProvider = {
  provide: CORS_REPORT,
  inject: [CORS_APPLICATION],
  useFactory: ({ questions }: CorsApplication) => ({
    diagnose: (page: RefusedPage) => questions.diagnose(page),
    policies: () => ({ routes: questions.routes(), paths: questions.paths(), root: questions.rootPolicy() }),
  }),
};
