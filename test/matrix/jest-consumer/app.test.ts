// The tests of someone whose project is CommonJS.
import 'reflect-metadata';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Controller, Get, Put, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Cors, CORS_OPTIONS, CorsModule, CorsService } from 'nestjs-cors';
import { pageAt } from 'nestjs-cors/testing';
import type { AddressInfo, Server } from 'node:net';
import { send } from '../../support/http-client.js';

const APP = 'https://app.example.com';
const TESTED = 'https://tested.example.com';

@Controller('cats')
class CatsController {
  constructor(readonly cors: CorsService) {}

  @Get() read(): string {
    return 'cats';
  }

  @Cors({ origin: /https:\/\/pr-\d+\.preview\.example/, maxAge: 60 }) @Put() update(): string {
    return 'updated';
  }
}

let app: INestApplication;

beforeAll(async () => {
  const module = await Test.createTestingModule({
    imports: [CorsModule.forRoot({ origin: APP })],
    controllers: [CatsController],
  })
    .overrideProvider(CORS_OPTIONS)
    .useValue({ origin: TESTED })
    .compile();
  app = module.createNestApplication({ logger: ['error'] });
  await app.listen(0, '127.0.0.1');
});

afterAll(async () => {
  await app.close();
});

it('answers with the policy of the route, and with options that the test overrides', async () => {
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  const request = await send(port, { path: '/cats', origin: TESTED });
  const preflight = await send(port, {
    method: 'OPTIONS',
    path: '/cats',
    origin: 'https://pr-7.preview.example',
    requestMethod: 'PUT',
  });

  expect(request).toMatchObject({ status: 200, cors: { vary: 'Origin', 'access-control-allow-origin': TESTED } });
  expect(preflight).toMatchObject({ status: 204, cors: { 'access-control-max-age': '60' } });
  expect(app.get(CatsController).cors.routes()).toHaveLength(2);
});

it('shows what a page would see', async () => {
  const response = await pageAt(TESTED).fetch(app, '/cats');

  expect(await response.text()).toBe('cats');
  await expect(pageAt(APP).fetch(app, '/cats')).rejects.toThrow('Access-Control-Allow-Origin');
});
