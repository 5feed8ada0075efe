import { type INestApplication } from '@nestjs/common';

export function useDefaults(app: INestApplication): INestApplication {
  return app.enableShutdownHooks();
}
