import type { INestApplication } from '@nestjs/common';
import assert from 'node:assert/strict';

import { ALLOWED } from '../apps/policies.js';
import { startApp, type CorsWay, type PlatformName } from '../apps/start.js';
import type { RequestWords } from '../http/incoming.js';
import { deliveredWork, serverWork } from '../http/server.work.js';
import { serverlessWork } from '../http/serverless.work.js';
import type { Scenario, Work } from '../measure/scenario.js';
import { assertCors, libraryAnswer, packageAnswer } from './expected.js';
import { get, REQUESTS } from './requests.js';

/** All that happens to a response, the app's own doings among it. */
const WORKS: ReadonlyMap<string, readonly RequestWords[]> = new Map([
  ...REQUESTS,
  ['guard 401', [get('/locked', { origin: ALLOWED })]],
  ['404', [get('/nowhere', { origin: ALLOWED })]],
]);
const STATUS: ReadonlyMap<string, number> = new Map([
  ['preflight allowed', 204],
  ['guard 401', 401],
  ['404', 404],
]);
const CONTENDERS = ['bare', 'enableCors', 'one policy', 'three policies'] as const satisfies readonly CorsWay[];

/** How a request comes to the application: by a server's event, by a call of the Express application, or as a cloud's event. */
export type Delivery = keyof typeof WORK_OF;

const WORK_OF = {
  server: (app, requests) => serverWork(app.getHttpServer(), requests),
  called: (app, requests) => deliveredWork(app.getHttpAdapter().getInstance(), requests),
  serverless: (app, requests) => serverlessWork(app.getHttpAdapter().getInstance(), requests),
} satisfies Record<string, (app: INestApplication, requests: readonly RequestWords[]) => Work>;

/** A whole Nest application of 50 routes, from the request's arrival to the response's end, in process. */
export function nestScenario(platform: PlatformName, delivery: Delivery = 'server'): Scenario {
  return {
    contenders: CONTENDERS,
    baseOf: (contender) => (contender === 'bare' ? undefined : 'bare'),
    works: [...WORKS.keys()],
    prepare: async (contender) => {
      const app = await startApp(platform, contender as CorsWay);
      return new Map([...WORKS].map(([work, requests]) => [work, WORK_OF[delivery](app, requests)]));
    },
    assert: (contender, work, answer) => {
      const where = `${platform}, ${contender}, ${work}`;
      if (contender === 'bare') {
        return assertCors(answer, {}, where);
      }
      if (contender === 'enableCors') {
        return assertCors(answer, packageAnswer(work, platform === 'express' ? ',' : ', '), where);
      }
      assert.equal(answer.status, work === 'preflight refused' ? 403 : (STATUS.get(work) ?? 200), where);
      return assertCors(answer, libraryAnswer(work), where);
    },
  };
}
