import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Delete,
  Get,
  Put,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
  type VersioningOptions,
} from '@nestjs/common';
import { Cors, CorsService, type CorsPolicyOptions } from 'nestjs-cors';

import {
  ACAC,
  ACAH,
  ACAM,
  ACAO,
  ACMA,
  APP,
  PREFLIGHT_VARY,
  PREFLIGHT_VARY_FOR_EVERYONE,
} from '../../cases/cors-case.js';
import type { Answer } from '../../support/http-client.js';
import { log } from '../../support/log-capture.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS, EVERY_WAY, type Way } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const OTHER = 'https://other.example';
const HEADER: VersioningOptions = { type: VersioningType.HEADER, header: 'X-API-Version' };

/** PUT /cats in version 1 and in version 2, each under a policy of its own; false is closed, undefined is no policy. */
async function startVersions(
  way: Way,
  one: CorsPolicyOptions | false | undefined,
  two: CorsPolicyOptions | false | undefined,
  versioning: VersioningOptions = HEADER,
  debug = false,
): Promise<RunningApp> {
  @Controller('cats')
  class Cats {
    @Put() @Version('1') one(): string {
      return reach('one');
    }

    @Put() @Version('2') two(): string {
      return reach('two');
    }
  }
  for (const [name, policy] of [
    ['one', one],
    ['two', two],
  ] as const) {
    if (policy !== undefined) {
      const { value } = Object.getOwnPropertyDescriptor(Cats.prototype, name) ?? {};
      Cors(policy)(Cats.prototype, name, { value });
    }
  }
  return startApp(way, rootModule({ controllers: [Cats] }, { debug }), {
    configure: (app) => app.enableVersioning(versioning),
  });
}

const outcome = ({ status, cors }: Answer) => [status, cors];

describe.each(BOTH_PLATFORMS)(
  'a preflight that may be about several versions passes what all of them pass, on %s',
  (_, way) => {
    it('origins: those that all allow', async () => {
      const app = await startVersions(way, { origin: [APP, OTHER] }, { origin: APP });
      expect(outcome(await app.preflight('/cats', 'PUT', APP))).toEqual([
        204,
        { [ACAO]: APP, [ACAM]: 'PUT', vary: PREFLIGHT_VARY },
      ]);
      expect(outcome(await app.preflight('/cats', 'PUT', OTHER))).toEqual([403, { vary: PREFLIGHT_VARY }]);
      expect(reached).toEqual([]);
    });

    it('origins: a function is not asked where a static item of its policy allows the origin', async () => {
      const asking = (name: string, answer: boolean) => (): boolean => reach(name) === name && answer;
      const app = await startVersions(
        way,
        { origin: [APP, asking('of one', false)] },
        { origin: asking('of two', true) },
      );
      expect((await app.preflight('/cats', 'PUT', APP)).status).toBe(204);
      expect(reached).toEqual(['of two']);
      const cors = app.nest.get(CorsService);
      const { verdict } = await cors.explain({ origin: APP, method: 'PUT', url: '/cats' }, { askResolvers: true });
      expect([verdict, reached]).toEqual(['allowed', ['of two', 'of two']]);
    });

    it('origins: * only where it is for all of them', async () => {
      const mixed = await startVersions(way, { origin: '*' }, { origin: APP });
      expect((await mixed.preflight('/cats', 'PUT', APP)).cors).toEqual({
        [ACAO]: APP,
        [ACAM]: 'PUT',
        vary: PREFLIGHT_VARY,
      });
      const open = await startVersions(way, { origin: '*' }, { origin: '*', maxAge: 1 });
      expect((await open.preflight('/cats', 'PUT', APP)).cors).toEqual({
        [ACAO]: '*',
        [ACAM]: 'PUT',
        vary: PREFLIGHT_VARY_FOR_EVERYONE,
      });
    });

    it('a closed one closes, and so does one without a policy', async () => {
      for (const other of [false as const, undefined]) {
        const app = await startVersions(way, { origin: '*' }, other);
        expect(outcome(await app.preflight('/cats', 'PUT', APP))).toEqual([403, { vary: PREFLIGHT_VARY }]);
      }
    });

    it('not ours where none has a policy', async () => {
      const app = await startVersions(way, undefined, undefined);
      expect(outcome(await app.preflight('/cats', 'PUT', APP))).toEqual([404, {}]);
    });

    it('methods: the names in common, * gives way to a list', async () => {
      const lists = await startVersions(
        way,
        { origin: APP, methods: ['PUT', 'DELETE', 'PATCH'] },
        { origin: APP, methods: ['PATCH', 'PUT'] },
      );
      expect((await lists.preflight('/cats', 'PUT', APP)).cors).toMatchObject({ [ACAM]: 'PUT' });
      const any = await startVersions(way, { origin: APP, methods: '*' }, { origin: APP, methods: ['PUT', 'PATCH'] });
      expect((await any.preflight('/cats', 'PUT', APP)).cors).toMatchObject({ [ACAM]: 'PUT' });
      const auto = await startVersions(way, { origin: APP }, { origin: APP, methods: ['PATCH', 'PUT'] });
      expect((await auto.preflight('/cats', 'PUT', APP)).cors).toMatchObject({ [ACAM]: 'PUT' });
      const refusing = await startVersions(way, { origin: APP }, { origin: APP, methods: ['PATCH'] });
      expect((await refusing.preflight('/cats', 'PUT', APP)).status).toBe(403);
    });

    it('headers: the names in common, and the versioning header always', async () => {
      const app = await startVersions(
        way,
        { origin: APP, allowedHeaders: ['X-A', 'X-B'] },
        { origin: APP, allowedHeaders: ['X-B', 'X-C'] },
      );
      const { status, cors } = await app.preflight('/cats', 'PUT', APP, 'x-api-version,x-b');
      expect([status, cors[ACAH]]).toEqual([204, 'X-B, x-api-version']);
      expect((await app.preflight('/cats', 'PUT', APP, 'x-a')).status).toBe(403);
      const any = await startVersions(way, { origin: APP }, { origin: APP, allowedHeaders: ['X-C'] });
      expect((await any.preflight('/cats', 'PUT', APP, 'x-c')).cors[ACAH]).toBe('X-C, x-api-version');
      expect((await any.preflight('/cats', 'PUT', APP, 'x-a')).status).toBe(403);
    });

    it('credentials: only where all say so', async () => {
      const mixed = await startVersions(way, { origin: APP, credentials: true }, { origin: APP });
      expect((await mixed.preflight('/cats', 'PUT', APP)).cors).not.toHaveProperty(ACAC);
      const both = await startVersions(
        way,
        { origin: APP, credentials: true },
        { origin: APP, credentials: true, maxAge: 1 },
      );
      expect((await both.preflight('/cats', 'PUT', APP)).cors).toMatchObject({ [ACAC]: 'true' });
    });

    it('maxAge and status: the smallest, and no maxAge where one leaves it out', async () => {
      const app = await startVersions(
        way,
        { origin: APP, maxAge: 60, optionsSuccessStatus: 204 },
        { origin: APP, maxAge: 5, optionsSuccessStatus: 200 },
      );
      const answer = await app.preflight('/cats', 'PUT', APP);
      expect([answer.status, answer.cors[ACMA], answer.headers['content-length']]).toEqual([200, '5', '0']);
      const unsaid = await startVersions(way, { origin: APP, maxAge: 60 }, { origin: APP });
      expect((await unsaid.preflight('/cats', 'PUT', APP)).cors).not.toHaveProperty(ACMA);
    });

    it('functions: each is asked, and all must agree', async () => {
      const yes = async () => Promise.resolve(reach('yes') === 'yes');
      const no = () => reach('no') === 'yes';
      const app = await startVersions(way, { origin: yes }, { origin: no });
      expect((await app.preflight('/cats', 'PUT', APP)).status).toBe(403);
      expect(reached.toSorted()).toEqual(['no', 'yes']);
    });

    it('debug: the headers up to the step that failed', async () => {
      const app = await startVersions(way, { origin: APP }, { origin: APP, allowedHeaders: ['X-C'] }, HEADER, true);
      expect(outcome(await app.preflight('/cats', 'PUT', APP, 'x-a'))).toEqual([
        204,
        { [ACAO]: APP, [ACAM]: 'PUT', vary: PREFLIGHT_VARY },
      ]);
    });

    it('and the difference is a warning at start', async () => {
      await startVersions(way, { origin: APP }, { origin: OTHER });
      expect(log.ofCors('warn')).toEqual([
        expect.stringMatching(/PUT \/cats: its versions have different policies.*Cats\.one, Cats\.two/),
      ]);
    });

    it.each<[string, VersioningOptions]>([
      ['a media type', { type: VersioningType.MEDIA_TYPE, key: 'v=' }],
      ['the app’s own extractor', { type: VersioningType.CUSTOM, extractor: () => '1' }],
      [
        'an extractor that throws for preflights',
        {
          type: VersioningType.CUSTOM,
          extractor: () => {
            throw new Error('no version');
          },
        },
      ],
    ])('wherever the version is: %s', async (_, versioning) => {
      const app = await startVersions(way, { origin: [APP, OTHER] }, { origin: APP }, versioning);
      expect(outcome(await app.preflight('/cats', 'PUT', APP))).toEqual([
        204,
        { [ACAO]: APP, [ACAM]: 'PUT', vary: PREFLIGHT_VARY },
      ]);
      expect((await app.preflight('/cats', 'PUT', OTHER)).status).toBe(403);
    });
  },
);

@Controller('cats')
@Cors({ origin: APP })
class NeutralCats {
  @Put() @Version('1') one(): string {
    return reach('one');
  }

  @Put() @Version(VERSION_NEUTRAL) @Cors({ maxAge: 9 }) any(): string {
    return reach('any');
  }

  @Get() @Version(VERSION_NEUTRAL) get(): string {
    return reach('get');
  }

  @Delete() @Version('1') remove(): string {
    return reach('remove');
  }
}

describe.each(EVERY_WAY)('auto, where versions choose, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers: [NeutralCats] }), {
      configure: (nest) => nest.enableVersioning(HEADER),
    });
  });

  it('lists a method only if every route behind it has this policy', async () => {
    expect((await app.preflight('/cats', 'GET', APP)).cors).toEqual({
      [ACAO]: APP,
      [ACAM]: 'GET, HEAD, DELETE',
      vary: PREFLIGHT_VARY,
    });
    expect((await app.preflight('/cats', 'DELETE', APP)).cors).toMatchObject({ [ACAM]: 'GET, HEAD, DELETE' });
  });

  it('still takes the announced one, where versions of it differ', async () => {
    expect((await app.preflight('/cats', 'PUT', APP)).cors).toMatchObject({ [ACAM]: 'PUT' });
  });
});
