/**
 * An app of someone who installed the package: node start.js <platform>. Prints what a preflight and a GET are answered.
 * Plain JavaScript, as a project of one platform has no types of the other.
 */
import 'reflect-metadata';
import { Controller, Get, Module, Put } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Cors, CorsModule } from 'nestjs-cors';

const APP = 'https://app.example.com';
const PARTNER = 'https://partner.example';

class Cats {
  list() {
    return 'cats';
  }

  put() {
    return 'put';
  }
}

function decorate(name, ...decorators) {
  const descriptor = Object.getOwnPropertyDescriptor(Cats.prototype, name);
  decorators.forEach((each) => each(Cats.prototype, name, descriptor));
}

decorate('list', Get());
decorate('put', Put(), Cors({ origin: PARTNER, maxAge: 60 }));
Controller('cats')(Cats);

class Root {}
// A pattern and an expression: with them all that is loaded on demand is loaded.
const origin = [APP, 'https://*.example.com', /https:\/\/pr-\d+\.preview\.example\.com/];
Module({ imports: [CorsModule.forRoot({ origin })], controllers: [Cats] })(Root);

async function adapter(platform) {
  if (platform === 'express') {
    const { ExpressAdapter } = await import('@nestjs/platform-express');
    return new ExpressAdapter();
  }
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  return new FastifyAdapter();
}

async function answer(url, headers, method) {
  const response = await fetch(url, { method, headers });
  const cors = [...response.headers].filter(([name]) => name === 'vary' || name.startsWith('access-control-'));
  return { status: response.status, ...Object.fromEntries(cors) };
}

const app = await NestFactory.create(Root, await adapter(process.argv[2]), {
  logger: ['error', 'warn'],
  abortOnError: false,
});
await app.listen(0, '127.0.0.1');
const url = `${await app.getUrl()}/cats`;
const asked = { Origin: PARTNER, 'Access-Control-Request-Method': 'PUT' };
console.log(
  JSON.stringify({ preflight: await answer(url, asked, 'OPTIONS'), get: await answer(url, { Origin: APP }, 'GET') }),
);
await app.close();
