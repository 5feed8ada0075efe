import { NestFactory } from '@nestjs/core';
import { AdminModule } from './admin.module';

async function bootstrap() {
  const app = await NestFactory.create(AdminModule, { logger: ['error'] });
  await app.listen(3001);
}
bootstrap();
