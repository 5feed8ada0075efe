import { NestFactory } from '@nestjs/core';
import { ConfigService } from '@nestjs/config';
import { AppModule } from './app.module';
import type { CorsConfig } from './config/configuration';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  const configService = app.get(ConfigService);
  app.enableCors({
    origin: configService.get<CorsConfig>('cors')?.origin,
    credentials: configService.get<boolean>('cors.credentials'),
    maxAge: 600,
  });
  await app.listen(configService.get<number>('port') ?? 3000);
}
bootstrap();
