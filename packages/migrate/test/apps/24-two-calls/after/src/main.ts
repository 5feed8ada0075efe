import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  // nestjs-cors-migrate: other options for the same application are set in src/main.ts. Decide
  //   which of them are right, and remove the others.
  const app = await NestFactory.create(AppModule, { cors: true });
  // nestjs-cors-migrate: other options for the same application are set in src/main.ts. Decide
  //   which of them are right, and remove the others.
  app.enableCors({ origin: 'https://app.example.com' });
  await app.listen(3000);
}
bootstrap();
