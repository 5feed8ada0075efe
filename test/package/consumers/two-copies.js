// One process that has both builds: the arguments say which one the module comes from, and which one the decorator.
import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Controller, Get, Module, Put } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';

const require = createRequire(import.meta.url);
const copies = { import: await import('nestjs-cors'), require: require('nestjs-cors') };
const { CorsModule } = copies[process.argv[2]];
const other = copies[process.argv[3]];

const PARTNER = 'https://partner.example';

function controller() {
  class Cats {
    get() {}
    put() {}
  }
  decorate(Cats, 'get', Get(), other.Cors(false));
  decorate(Cats, 'put', Put(), other.Cors({ origin: PARTNER }));
  Controller('cats')(Cats);
  return Cats;
}

function decorate(target, name, ...decorators) {
  const descriptor = Object.getOwnPropertyDescriptor(target.prototype, name);
  decorators.forEach((each) => each(target.prototype, name, descriptor));
}

function root(imports) {
  class Root {}
  Module({ imports, controllers: [controller()] })(Root);
  return Root;
}

async function allowedOrigin(url, method) {
  const headers = { Origin: PARTNER, 'Access-Control-Request-Method': method };
  const response = await fetch(`${url}/cats`, { method: 'OPTIONS', headers });
  return response.headers.get('access-control-allow-origin');
}

const SILENT = { logger: false, abortOnError: false };
const app = await NestFactory.create(root([CorsModule.forRoot({ origin: PARTNER })]), new ExpressAdapter(), SILENT);
await app.listen(0, '127.0.0.1');
const url = await app.getUrl();
const seen = {
  isOneClass: CorsModule === other.CorsModule,
  put: await allowedOrigin(url, 'PUT'),
  get: await allowedOrigin(url, 'GET'),
};
await app.close();

const both = root([CorsModule.forRoot({ origin: PARTNER }), other.CorsModule.forRoot({ origin: PARTNER })]);
const twice = await NestFactory.create(both, new ExpressAdapter(), SILENT);
const duplicate = await twice.init().then(
  () => [],
  (error) => error.issues.map(({ code }) => code),
);
console.log(JSON.stringify({ ...seen, duplicate }));
