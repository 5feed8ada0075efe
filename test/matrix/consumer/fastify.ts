import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { run } from './program.js';

void run(async (module, logger) =>
  NestFactory.create<NestFastifyApplication>(module as Type, new FastifyAdapter(), { logger, abortOnError: false }),
);
