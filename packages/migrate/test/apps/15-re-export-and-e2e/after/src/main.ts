import { NestFactory } from '@nestjs/core';
import { RootModule, setUp } from './index';

async function bootstrap() {
  const app = await NestFactory.create(RootModule);
  setUp(app);
  await app.listen(3000);
}
bootstrap();
