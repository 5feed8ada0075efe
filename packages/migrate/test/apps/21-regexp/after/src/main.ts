import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  // nestjs-cors-migrate: the origin is a RegExp. Write a pattern such as 'https://*.example.com'
  //   instead; a RegExp has to match the whole origin here, and must not match other sites.
  app.enableCors({ origin: [/\.example\.com$/, 'http://localhost:3000'] });
  await app.listen(3000);
}
bootstrap();
