import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  // nestjs-cors-migrate: with credentials, every origin is allowed, so any page can act as its
  //   visitor. Name the origins, or remove credentials and write origin: '*'.
  app.enableCors({ origin: true, credentials: true });
  await app.listen(3000);
}
bootstrap();
