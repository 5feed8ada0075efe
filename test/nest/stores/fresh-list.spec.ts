/** A request whose list is fresh goes the way of one under a static origin: at once, without a promise. */
import { createHook } from 'node:async_hooks';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Controller, Get, Injectable, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Cors, CorsModule, CorsOriginStore, type CorsOriginQuestion } from 'nestjs-cors';

const ORIGIN = 'https://app.example.com';

@Injectable()
class TenantOrigins extends CorsOriginStore {
  keyOf({ params }: CorsOriginQuestion): string | readonly string[] | undefined {
    return params['tenant'];
  }

  async load(): Promise<readonly string[]> {
    await Promise.resolve();
    return [ORIGIN];
  }
}

@Controller()
class TenantsController {
  @Cors({ origin: { resolver: TenantOrigins } })
  @Get(':tenant')
  data(): string {
    return 'data';
  }
}

type Hook = (request: IncomingMessage, response: ServerResponse, done: () => void) => unknown;

let app: INestApplication;

beforeAll(async () => {
  const module = await Test.createTestingModule({
    imports: [CorsModule.forRoot({})],
    controllers: [TenantsController],
    providers: [TenantOrigins],
  }).compile();
  app = await module.createNestApplication({ logger: false }).init();
});

afterAll(async () => app.close());

/** Gives a request to the hook of the adapter: how many promises were made until the hook was through, and whether it waits. */
function receive(tenant: string): {
  readonly promises: number;
  readonly isDone: boolean;
  readonly later: Promise<void>;
} {
  const hook = Reflect.get(app.getHttpAdapter(), 'onRequestHook') as Hook;
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { method: 'GET', url: `/${tenant}` });
  request.headers['origin'] = ORIGIN;
  let isDone = false;
  let promises = 0;
  let resolve: () => void = () => undefined;
  const later = new Promise<void>((now) => (resolve = now));
  const counter = createHook({
    init(_id, type) {
      if (type === 'PROMISE') {
        promises += 1;
      }
    },
  }).enable();
  hook(request, new ServerResponse(request), () => {
    isDone = true;
    resolve();
  });
  counter.disable();
  return { promises, isDone, later };
}

it('makes no promise where the list is fresh', async () => {
  const first = receive('acme');
  expect(first.isDone).toBe(false);
  expect(first.promises).toBeGreaterThan(0);
  await first.later;

  expect(receive('acme')).toMatchObject({ isDone: true, promises: 0 });
});
