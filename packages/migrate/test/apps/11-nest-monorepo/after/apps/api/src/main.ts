import { NestFactory } from '@nestjs/core';
import { useDefaults } from '@app/common';
import { ApiModule } from './api.module';

async function bootstrap() {
  const app = await NestFactory.create(ApiModule);
  useDefaults(app);
  await app.listen(3000);
}
bootstrap();
