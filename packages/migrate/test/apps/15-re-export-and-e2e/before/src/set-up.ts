import { INestApplication } from '@nestjs/common';

export function setUp(app: INestApplication) {
  app.setGlobalPrefix('api');
  app.enableShutdownHooks();
  app.enableCors({
    origin: ['https://a.example.com', 'https://b.example.com'],
  });
}
