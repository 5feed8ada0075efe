import { NestFactory } from '@nestjs/core';
import { TRUSTED_ORIGINS, useDefaults } from '@app/common';
import { ApiModule } from './api.module';

async function bootstrap() {
  const app = await NestFactory.create(ApiModule);
  useDefaults(app);
  app.enableCors({ origin: TRUSTED_ORIGINS, credentials: true });
  await app.listen(3000);
}
bootstrap();
