import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { run } from './program.js';

void run(async (module, logger) =>
  NestFactory.create(module as Type, new ExpressAdapter(), { logger, abortOnError: false }),
);
