import { NestFactory } from '@nestjs/core';
import { ConfigService } from '@nestjs/config';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.enableCors({ origin: app.get(ConfigService).get<string>('CORS_ORIGINS', 'http://localhost:3000').split(','), credentials: true });
  await app.listen(3000);
}
bootstrap();
