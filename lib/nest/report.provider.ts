import type { FactoryProvider } from '@nestjs/common';

import { CORS_APPLICATION, requireApplication } from './application.provider.js';
import type { RefusedPage } from './app-questions.js';
import { CORS_REPORT } from './cors.constants.js';

/** What tests can ask the application. */
export const reportProvider: FactoryProvider = {
  provide: CORS_REPORT,
  inject: [CORS_APPLICATION],
  useFactory: (holder: unknown) => {
    const { questions } = requireApplication(holder, 'This report');
    return {
      diagnose: (page: RefusedPage) => questions.diagnose(page),
      policies: () => ({ routes: questions.routes(), paths: questions.paths(), root: questions.rootPolicy() }),
    };
  },
};
