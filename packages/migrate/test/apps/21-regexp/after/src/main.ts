import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  // nestjs-cors-migrate: the origin is a RegExp. Write a pattern such as 'https://*.example.com'
  //   instead; a RegExp has to match the whole origin in nestjs-cors, and must not match other
  //   sites. To do so, move the options to CorsModule.forRoot({ origin: … }) and delete this call.
  app.enableCors({ origin: [/\.example\.com$/, 'http://localhost:3000'] });
  await app.listen(3000);
}
bootstrap();
