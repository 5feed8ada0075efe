import assert from 'node:assert/strict';

import { ALLOWED, POLICY } from '../apps/policies.js';
import { libraryHook } from '../contenders/library.js';
import type { RequestWords } from '../http/incoming.js';
import { middlewareWork } from '../http/middleware.work.js';
import type { Scenario } from '../measure/scenario.js';
import { preflight } from './requests.js';

const WORK = 'preflight';
/** Just below the 16 KiB of headers that Node takes. */
const LONG = 15 * 1024;
const THOUSAND_NAMES = Array.from({ length: 1000 }, (_, index) => `x-header-${index}`);

/** What each preflight announces. */
const ANNOUNCED: Readonly<Record<string, string>> = {
  empty: 'authorization,content-type',
  'two names': 'authorization,content-type',
  '100 allowed names': THOUSAND_NAMES.slice(0, 100).join(','),
  '1 000 names': THOUSAND_NAMES.join(',').slice(0, LONG),
  '15 KB of commas': ','.repeat(LONG),
  '15 KB in one name': 'x'.repeat(LONG),
};

/** A preflight by what it announces. What is too long or malformed is refused. */
export const acrhScenario: Scenario = {
  contenders: Object.keys(ANNOUNCED),
  baseOf: (contender) => (contender === 'empty' ? undefined : 'empty'),
  works: [WORK],
  prepare: async (contender) => {
    const asked = ANNOUNCED[contender] ?? '';
    const requests: readonly RequestWords[] = ['/resource0', '/resource0/4711'].map((url) =>
      preflight(url, ALLOWED, asked),
    );
    if (contender === 'empty') {
      return new Map([[WORK, middlewareWork({ middleware: (_request, _response, done) => done(), requests })]]);
    }
    const policy =
      contender === '100 allowed names' ? { ...POLICY, allowedHeaders: THOUSAND_NAMES.slice(0, 100) } : POLICY;
    return new Map([[WORK, middlewareWork({ middleware: await libraryHook('one policy', policy), requests })]]);
  },
  assert: (contender, _work, { status }) => {
    const passes = contender === 'two names' || contender === '100 allowed names';
    const answered = passes ? 204 : 403;
    assert.equal(status, contender === 'empty' ? 200 : answered, contender);
  },
};
