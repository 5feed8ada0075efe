import { ORIGINS } from '../apps/policies.js';
import { corsPackage } from '../contenders/cors.js';
import { bareReply, fastifyCorsPackage } from '../contenders/fastify-cors.js';
import { libraryHook } from '../contenders/library.js';
import type { Middleware } from '../contenders/middleware.js';
import { h3Event, honoApp, webWork } from '../contenders/web.js';
import type { RequestWords } from '../http/incoming.js';
import { middlewareWork } from '../http/middleware.work.js';
import type { Scenario, Work } from '../measure/scenario.js';
import { assertCors, h3Answer, honoAnswer, libraryAnswer, packageAnswer } from './expected.js';
import { REQUESTS } from './requests.js';

/** Each over the same without it: what its platform costs is not counted. */
const BASES: Readonly<Record<string, string>> = {
  'nestjs-cors': 'empty',
  cors: 'empty',
  '@fastify/cors': 'bare reply',
  'h3 handleCors': 'bare h3',
  'Hono cors': 'bare Hono',
};

/** The CORS of other frameworks. */
export const packagesScenario: Scenario = {
  contenders: ['empty', 'bare reply', 'bare h3', 'bare Hono', ...Object.keys(BASES)],
  baseOf: (contender) => BASES[contender],
  works: [...REQUESTS.keys()],
  prepare: async (contender) => {
    const make = await makerOf(contender);
    return new Map([...REQUESTS].map(([work, requests]) => [work, make(requests)]));
  },
  assert: (contender, work, answer) => assertCors(answer, expectedOf(contender, work), `${contender}, ${work}`),
};

async function makerOf(contender: string): Promise<(requests: readonly RequestWords[]) => Work> {
  switch (contender) {
    case 'Hono cors':
      return (requests) => webWork(honoApp(ORIGINS), requests);
    case 'bare Hono':
      return (requests) => webWork(honoApp(undefined), requests);
    case 'h3 handleCors':
      return (requests) => webWork(h3Event(ORIGINS), requests);
    case 'bare h3':
      return (requests) => webWork(h3Event(undefined), requests);
    default: {
      const middleware = await middlewareOf(contender);
      return (requests) => middlewareWork({ middleware, requests });
    }
  }
}

async function middlewareOf(contender: string): Promise<Middleware> {
  switch (contender) {
    case 'nestjs-cors':
      return libraryHook('three policies');
    case 'cors':
      return corsPackage(ORIGINS);
    case '@fastify/cors':
      return fastifyCorsPackage(ORIGINS);
    case 'bare reply':
      return bareReply;
    default:
      return (_request, _response, done) => done();
  }
}

function expectedOf(contender: string, work: string): Readonly<Record<string, string>> {
  switch (contender) {
    case 'nestjs-cors':
      return libraryAnswer(work);
    case 'cors':
      return packageAnswer(work, ',');
    case '@fastify/cors':
      return packageAnswer(work, ', ');
    case 'Hono cors':
      return honoAnswer(work);
    case 'h3 handleCors':
      return h3Answer(work);
    default:
      return {};
  }
}
