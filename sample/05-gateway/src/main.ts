import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { openTicker } from './ticker.js';

export const app = await NestFactory.create(AppModule);
await app.listen(process.env['API_PORT'] ?? 3000, 'localhost');
openTicker(app.getHttpServer());
