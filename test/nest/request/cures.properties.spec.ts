import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Put } from '@nestjs/common';
import fc from 'fast-check';
import {
  CorsService,
  type CorsCure,
  type CorsModuleOptions,
  type CorsPathPolicy,
  type CorsPolicyOptions,
  type CorsQuestion,
} from 'nestjs-cors';

import { valueOf } from '../../policy/diagnosis/diagnosed.js';
import { rootModule, startApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS } from '../../support/ways.js';

const A = 'https://a.example';
const B = 'https://b.example';
const ORIGINS = [A, B, 'https://c.b.example', 'http://d.example'];
const URLS = ['/files/a', '/files/b', '/other', '/cats', '/kats', '/files/a?x'];

@Controller('cats')
class CatsController {
  @Get() list(): string {
    return 'list';
  }

  @Put() replace(): string {
    return 'replace';
  }
}

const policy = fc.record(
  {
    origin: fc.oneof(
      fc.constantFrom<CorsModuleOptions['origin']>(A, B, '*', false, 'https://*.b.example'),
      fc.constant([A, B]),
    ),
    methods: fc.subarray(['PUT', 'DELETE']),
    allowedHeaders: fc.subarray(['X-A', 'X-B']),
    credentials: fc.boolean(),
  },
  { requiredKeys: [] },
);
const entry = fc.record({
  path: fc.constantFrom('/files/a', '/files{/*rest}', '/other'),
  policy: fc.oneof(policy, fc.constantFrom(false as const, 'partners')),
});
const partners: CorsPolicyOptions = {
  origin: A,
  methods: ['PUT'],
  allowedHeaders: ['X-A'],
  credentials: false,
  enforce: true,
};
const options: fc.Arbitrary<CorsModuleOptions> = fc
  .tuple(policy, fc.array(entry, { maxLength: 2 }))
  .map(([root, paths]) => ({ ...root, paths, policies: { partners } }));
const question: fc.Arbitrary<CorsQuestion> = fc.record({
  origin: fc.constantFrom(...ORIGINS),
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  url: fc.constantFrom(...URLS),
  headers: fc.subarray(['x-a', 'x-b']),
  credentials: fc.boolean(),
});

/** The options with the change that a cure of `paths` prints. Undefined for what stands at a handler. */
function applied(given: CorsModuleOptions, { how, place, code }: CorsCure): CorsModuleOptions | undefined {
  const { paths = [] } = given;
  if (how === 'decorate') {
    return undefined;
  }
  const value = valueOf(`@Cors(${code})`) as object;
  if (how === 'add-entry') {
    return { ...given, paths: [value as CorsPathPolicy, ...paths] };
  }
  const index = Number(/^paths\[(\d+)\]/.exec(place)?.[1]);
  const changed = (before: CorsPathPolicy['policy']): CorsPolicyOptions =>
    typeof before === 'string' ? value : { ...(before as CorsPolicyOptions), ...value };
  return {
    ...given,
    paths: paths.map((each, at) => (at === index ? { path: each.path, policy: changed(each.policy) } : each)),
  };
}

describe.each(BOTH_PLATFORMS)('cures where no handler decides, on %s', (_, way) => {
  it('let exactly this request through: no other origin, and no other URL', async () => {
    const app = await startApp(way, rootModule({ controllers: [CatsController] }));
    const service = app.nest.get(CorsService);
    let cured = 0;
    await fc.assert(
      fc.asyncProperty(options, question, async (given, asked) => {
        const isValid = await service.update(given).then(
          () => true,
          () => false,
        );
        fc.pre(isValid);
        const { diagnosis, verdict } = await service.explain(asked);
        const [cure] = diagnosis?.cures ?? [];
        expect(verdict === 'allowed' && cure !== undefined).toBe(false);
        const after = cure && applied(given, cure);
        if (after === undefined) {
          return;
        }
        cured += 1;
        const others = ORIGINS.filter((origin) => origin !== asked.origin).map((origin) => ({
          ...asked,
          origin,
          headers: [],
        }));
        const elsewhere = URLS.filter((url) => url.split('?')[0] !== asked.url.split('?')[0]).map((url) => ({
          ...asked,
          url,
        }));
        const isEntry = cure?.how === 'entry';
        const around = isEntry ? others : [...others, ...elsewhere];
        const before = await Promise.all(around.map(async (each) => (await service.explain(each)).verdict));
        await service.update(after);
        expect((await service.explain(asked)).verdict).toBe('allowed');
        for (const [index, each] of around.entries()) {
          const now = (await service.explain(each)).verdict;
          expect({ each, isOpened: now === 'allowed' && before[index] !== 'allowed' }).toEqual({
            each,
            isOpened: false,
          });
        }
      }),
      { numRuns: 60 },
    );
    expect(cured).toBeGreaterThan(8);
  });

  it('keep what a name stands for that is in place of a policy', async () => {
    const given = { policies: { partners }, paths: [{ path: '/other', policy: 'partners' }] };
    const app = await startApp(way, rootModule({ controllers: [CatsController] }, given));
    const service = app.nest.get(CorsService);
    const { diagnosis } = await service.explain({ origin: B, method: 'PUT', url: '/other' });
    const [cure] = diagnosis?.cures ?? [];
    expect(cure).toMatchObject({
      how: 'entry',
      options: { use: 'partners', origin: [A, B] },
      code: "{ use: 'partners', origin: ['https://a.example', 'https://b.example'] }",
    });
    await service.update({ ...given, paths: [{ path: '/other', policy: cure?.options ?? false }] });
    expect(service.paths()).toMatchObject([{ policy: { origins: [A, B], methods: ['PUT'], enforce: true } }]);
  });
});
