import { ALLOWED, OTHER_ALLOWED, POLICY } from '../apps/policies.js';
import { byHand } from '../contenders/by-hand.js';
import { corsPackage } from '../contenders/cors.js';
import { libraryHook } from '../contenders/library.js';
import { middlewareWork, type MiddlewareTask } from '../http/middleware.work.js';
import type { Scenario } from '../measure/scenario.js';
import { assertCors } from './expected.js';
import { get } from './requests.js';

const WORK = 'allowed';
const THOUSAND = originsNumbered(1000);
const HUNDRED_THOUSAND = originsNumbered(100_000);
const REQUESTS = [get('/resource0', { origin: ALLOWED }), get('/resource0/4711', { origin: ALLOWED })];

/** A hundred patterns; the one that matches is the last. */
const PATTERNS = Array.from({ length: 100 }, (_, index) => `https://*.customer${index}.example.com`);

/** Where each contender's requests come from. */
const COMING_FROM: Readonly<Record<string, readonly string[]>> = {
  empty: [ALLOWED],
  'empty, random origins': HUNDRED_THOUSAND,
  'cors, 1 origin': [ALLOWED],
  'cors, 1 000 origins': THOUSAND.slice(-1),
  '1 origin': [ALLOWED],
  '10 origins': originsNumbered(10).slice(-1),
  '1 000 origins': THOUSAND.slice(-1),
  '100 000 origins, one repeated': HUNDRED_THOUSAND.slice(-1),
  '100 000 origins, random': HUNDRED_THOUSAND,
  'by hand, 1 origin': [ALLOWED],
  'by hand, 100 000 origins, random': HUNDRED_THOUSAND,
  '100 patterns': ['https://eu.customer99.example.com'],
};

/** An allowed request by the number of origins in the policy. An exact origin's is the last in the list. */
export const originsScenario: Scenario = {
  contenders: Object.keys(COMING_FROM),
  baseOf: (contender) => {
    if (contender.startsWith('empty')) {
      return undefined;
    }
    return contender.endsWith('random') ? 'empty, random origins' : 'empty';
  },
  works: [WORK],
  prepare: async (contender) => {
    const origins = (COMING_FROM[contender] ?? []).map((origin) => Buffer.from(origin, 'latin1'));
    const middleware = await middlewareOf(contender);
    return new Map([[WORK, middlewareWork({ middleware, requests: REQUESTS, origins })]]);
  },
  assert: (contender, _work, answer) => {
    if (contender.startsWith('empty')) {
      return assertCors(answer, {}, contender);
    }
    const origin = answer.headers['access-control-allow-origin'] ?? '';
    if (COMING_FROM[contender]?.includes(origin) !== true) {
      throw new Error(`${contender}: ${origin} is not the origin`);
    }
    return assertCors(
      answer,
      { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', vary: 'Origin' },
      contender,
    );
  },
};

async function middlewareOf(contender: string): Promise<MiddlewareTask['middleware']> {
  switch (contender) {
    case 'empty':
    case 'empty, random origins':
      return (_request, _response, done) => done();
    case 'cors, 1 origin':
      // Two: a single one is sent to everybody, without a look at who asks.
      return corsPackage([OTHER_ALLOWED, ALLOWED]);
    case 'cors, 1 000 origins':
      return corsPackage(THOUSAND);
    case '1 origin':
      return hookFor([ALLOWED]);
    case '10 origins':
      return hookFor(originsNumbered(10));
    case '1 000 origins':
      return hookFor(THOUSAND);
    case 'by hand, 1 origin':
      return byHand([ALLOWED], '', '', '');
    case 'by hand, 100 000 origins, random':
      return byHand(HUNDRED_THOUSAND, '', '', '');
    case '100 patterns':
      return hookFor(PATTERNS);
    default:
      return hookFor(HUNDRED_THOUSAND);
  }
}

function hookFor(origins: readonly string[]): Promise<MiddlewareTask['middleware']> {
  return libraryHook('one policy', { ...POLICY, origin: [...origins] });
}

function originsNumbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `https://tenant${index}.example.com`);
}
