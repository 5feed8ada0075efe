import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { AppModule, report } from './app.js';

NestFactory.create(AppModule, new ExpressAdapter(), { logger: ['error', 'warn'] })
  .then(report)
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
