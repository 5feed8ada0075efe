import { HEADERS, ITEM_METHODS, MAX_AGE, ORIGINS } from '../apps/policies.js';
import { byHand } from '../contenders/by-hand.js';
import { corsPackage } from '../contenders/cors.js';
import { libraryHook } from '../contenders/library.js';
import type { Middleware } from '../contenders/middleware.js';
import { middlewareWork } from '../http/middleware.work.js';
import type { Scenario } from '../measure/scenario.js';
import { assertCors, libraryAnswer, packageAnswer } from './expected.js';
import { REQUESTS } from './requests.js';

/** The whole hook on a bare response: look-up, decision, headers. */
export const hookScenario: Scenario = {
  contenders: ['empty', 'cors', 'by hand', 'nestjs-cors', 'nestjs-cors, inspected'],
  baseOf: (contender) => (contender === 'empty' ? undefined : 'empty'),
  works: [...REQUESTS.keys()],
  prepare: async (contender) => {
    const middleware = await middlewareOf(contender);
    return new Map([...REQUESTS].map(([work, requests]) => [work, middlewareWork({ middleware, requests })]));
  },
  assert: (contender, work, answer) => {
    const where = `${contender}, ${work}`;
    if (contender === 'empty') {
      assertCors(answer, {}, where);
    } else if (contender === 'cors') {
      assertCors(answer, packageAnswer(work, ','), where);
    } else {
      assertCors(answer, libraryAnswer(work), where);
    }
  },
};

async function middlewareOf(contender: string): Promise<Middleware> {
  switch (contender) {
    case 'cors':
      return corsPackage(ORIGINS);
    case 'by hand':
      return byHand(ORIGINS, ITEM_METHODS.join(', '), HEADERS.join(', '), String(MAX_AGE));
    case 'nestjs-cors':
      return libraryHook('three policies');
    case 'nestjs-cors, inspected':
      return libraryHook('inspected');
    default:
      return (_request, _response, done) => done();
  }
}
