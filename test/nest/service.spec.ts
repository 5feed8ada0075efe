import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Post, Put, Version, VersioningType, type NestModule } from '@nestjs/common';
import { checkOrigin, Cors, CorsConfigError, CorsService } from 'nestjs-cors';

import { ACAC, ACAO, ACEH, APP } from '../cases/cors-case.js';
import { rootModule, startApp, type RunningApp } from '../support/running-app.js';
import { BOTH_PLATFORMS, EVERY_WAY } from '../support/ways.js';
import { reach, reached } from '../support/witness.js';

const OTHER = 'https://other.example';
const asks = (origin: string): boolean => reach('asked') === 'asked' && origin === APP;

@Controller('cats')
class CatsController {
  @Get() list(): string {
    return 'list';
  }

  @Get('asking') @Cors({ origin: asks }) asking(): string {
    return 'asking';
  }

  @Put(':id') @Cors({ credentials: true, maxAge: 60, allowedHeaders: ['X-A'], enforce: true }) update(): string {
    return 'update';
  }

  @Post() @Cors(false) create(): string {
    return 'create';
  }
}

const root = rootModule(
  { controllers: [CatsController] },
  { origin: APP, exposedHeaders: ['X-Total'], policies: { asking: { origin: asks } } },
);

async function start(way: Parameters<typeof startApp>[0]): Promise<{ app: RunningApp; service: CorsService }> {
  const app = await startApp(way, root);
  return { app, service: app.nest.get(CorsService) };
}

@Controller('alike')
class AlikeController {
  @Get('1') @Cors({ origin: false, maxAge: 60 }) one(): void {}

  @Get('2') @Cors({ origin: false, maxAge: 600, credentials: true }) two(): void {}

  @Get('3') @Cors({ origin: APP, methods: ['PUT', 'DELETE'], allowedHeaders: ['x-a'] }) three(): void {}

  @Get('4') @Cors({ origin: APP, methods: ['DELETE', 'PUT'], allowedHeaders: ['X-A'] }) four(): void {}
}

it.each(BOTH_PLATFORMS)(
  'routes() has each policy as it is written, also where they decide alike, on %s',
  async (_, way) => {
    const app = await startApp(way, rootModule({ controllers: [AlikeController] }, {}));
    const routes = app.nest.get(CorsService).routes();
    const written = routes.map(({ policy: { maxAge, credentials, methods, allowedHeaders } = {} as never }) => [
      maxAge,
      credentials,
      methods,
      allowedHeaders,
    ]);
    expect(written).toEqual([
      [60, false, 'auto', '*'],
      [600, true, 'auto', '*'],
      [undefined, false, ['PUT', 'DELETE'], ['x-a']],
      [undefined, false, ['DELETE', 'PUT'], ['X-A']],
    ]);
  },
);

describe.each(EVERY_WAY)('CorsService, on %s', (_, way) => {
  let app: RunningApp;
  let service: CorsService;
  beforeAll(async () => {
    ({ app, service } = await start(way));
  });

  it.each([
    [undefined, 'explain() takes a question, { origin, method, url }, and undefined is not an object'],
    [null, 'explain() takes a question, { origin, method, url }, and null is not an object'],
    [{}, "explain(): url is undefined; write a path, such as '/cats/1'"],
    [{ url: 5 }, "explain(): url is 5; write a path, such as '/cats/1'"],
    [{ handshake: true }, "explain(): url is undefined; write a path, such as '/cats/1'"],
    [
      { url: '/', origin: 5 },
      "explain(): origin is 5; write a string, such as 'https://app.example.com', or leave it out",
    ],
    [{ url: '/', method: [] }, "explain(): method is a list; write a string, such as 'PUT', or leave it out"],
    [
      { url: '/', host: {} },
      "explain(): host is an object; write a string, such as 'api.example.com', or leave it out",
    ],
    [
      { url: '/', headers: 5 },
      "explain(): headers is 5; write a list of header names, such as ['X-Request-ID'], or leave it out",
    ],
    [
      { url: '/', headers: [5] },
      "explain(): headers is a list; write a list of header names, such as ['X-Request-ID'], or leave it out",
    ],
    [{ url: '/', credentials: 'include' }, 'explain(): credentials is "include"; write true or false, or leave it out'],
    [{ url: '/', phase: 'x' }, "explain(): phase is \"x\"; write 'preflight' or 'request', or leave it out"],
    [{ url: '/', handshake: 1 }, 'explain(): handshake is 1; write true or false, or leave it out'],
  ])('explains no question like %j, and says what is wrong with it', async (question, message) => {
    await expect(service.explain(question as never)).rejects.toEqual(new TypeError(message));
  });

  it('says what else it cannot take', async () => {
    await expect(service.explain({ url: '/' }, null as never)).rejects.toEqual(
      new TypeError('explain() takes { askResolvers }, and null is not an object'),
    );
    await expect(service.reload(null as never)).rejects.toEqual(
      new TypeError('reload() takes { everywhere }, and null is not an object'),
    );
    await expect(service.allows(5 as never)).rejects.toEqual(
      new TypeError("allows() takes an origin, such as 'https://app.example.com', and 5 is not a string"),
    );
    // A request without the header.
    expect(await service.allows(undefined)).toBe(false);
    expect(checkOrigin(APP, null as never)).toEqual([]);
  });

  it('lists every route with its policy, and which layer said what', () => {
    expect(service.routes()).toMatchObject([
      { route: 'CatsController.list', method: 'GET', path: '/cats', policy: { shares: 'named', credentials: false } },
      {
        route: 'CatsController.asking',
        sources: { origin: 'CatsController.asking (GET /cats/asking)', exposedHeaders: 'forRoot' },
      },
      {
        route: 'CatsController.update',
        method: 'PUT',
        policy: {
          credentials: true,
          maxAge: 60,
          allowedHeaders: ['X-A'],
          exposedHeaders: ['X-Total'],
          enforce: true,
          methods: 'auto',
        },
        sources: { origin: 'forRoot', maxAge: 'CatsController.update (PUT /cats/:id)' },
      },
      { route: 'CatsController.create', policy: { shares: 'nobody' } },
    ]);
  });

  it.each([
    [{ url: '/cats', origin: APP }, 'allowed', undefined],
    [{ url: '/cats', origin: OTHER }, 'refused', 'origin'],
    [{ url: '/cats/1', method: 'PUT', origin: APP, headers: ['x-a'] }, 'allowed', undefined],
    [{ url: '/cats/1', method: 'PUT', origin: APP, headers: ['x-b'] }, 'refused', 'headers'],
    [{ url: '/cats/1', method: 'PATCH', origin: APP }, 'refused', 'method'],
    [{ url: '/cats', method: 'POST', origin: APP }, 'refused', 'origin'],
    [{ url: '/cats/asking', origin: APP }, 'undecided', undefined],
  ] as const)('explains %j: %s', async (question, verdict, step) => {
    expect(await service.explain(question)).toMatchObject({ verdict, step });
    expect(reached).toEqual([]);
  });

  it('asks functions only where it is told to', async () => {
    expect(await service.explain({ url: '/cats/asking', origin: APP }, { askResolvers: true })).toMatchObject({
      verdict: 'allowed',
      headers: { 'Access-Control-Allow-Origin': APP },
      routes: ['CatsController.asking'],
    });
    expect(reached).toEqual(['asked']);
  });

  it('and for a preflight as well', async () => {
    const question = { url: '/cats/asking', phase: 'preflight', headers: ['x-a'] } as const;
    expect(await service.explain({ ...question, origin: APP })).toMatchObject({ verdict: 'undecided' });
    expect(await service.explain({ ...question, origin: APP }, { askResolvers: true })).toMatchObject({
      verdict: 'allowed',
      status: 204,
      headers: { 'Access-Control-Allow-Headers': 'x-a' },
    });
    expect(await service.explain({ ...question, origin: OTHER }, { askResolvers: true })).toMatchObject({
      verdict: 'refused',
      step: 'origin',
      status: 403,
    });
    expect(reached).toEqual(['asked', 'asked']);
  });

  it('answers for what is no route', async () => {
    expect([await service.allows(APP), await service.allows(OTHER), await service.allows('')]).toEqual([
      true,
      false,
      false,
    ]);
    expect([await service.allows(APP, 'asking'), reached]).toEqual([true, ['asked']]);
    await expect(service.allows(APP, 'nobody')).rejects.toThrow(/"nobody" is not the name of a policy in forRoot/);
  });

  it('explains a request that enforce answers with 403', async () => {
    const enforced = { phase: 'request', status: 403, headers: { Vary: 'Origin' }, verdict: 'refused' };
    await service.update({
      origin: APP,
      enforce: true,
      methods: ['GET', 'PUT'],
      paths: [{ path: '/files', policy: {} }],
    });
    const question = { url: '/files', method: 'POST', origin: APP };
    expect(await service.explain(question)).toMatchObject({
      ...enforced,
      step: 'method',
      reason: 'method-not-allowed',
    });
    expect((await app.send({ method: 'POST', path: '/files', origin: APP })).status).toBe(403);
    expect(await service.explain({ ...question, origin: OTHER })).toMatchObject({
      ...enforced,
      step: 'origin',
      reason: 'origin-not-allowed',
    });
    // Neither comes from another origin.
    expect(await service.explain({ url: '/files', method: 'POST' })).toMatchObject({ status: undefined });
    expect(await service.explain({ ...question, host: 'app.example.com' })).toMatchObject({
      verdict: 'allowed',
      status: undefined,
    });
    expect((await app.send({ method: 'POST', path: '/files', origin: APP, host: 'app.example.com' })).status).toBe(404);
  });

  it('explains with the policies of the moment, though update() brings others while a function is asked', async () => {
    const origin = async (): Promise<boolean> => {
      await service.update({ origin: APP });
      return true;
    };
    await service.update({ origin: APP, paths: [{ path: '/files', policy: { origin } }] });
    const question = { url: '/files', origin: OTHER, phase: 'request' } as const;
    expect(await service.explain(question, { askResolvers: true })).toMatchObject({
      verdict: 'allowed',
      paths: ['paths[0] (/files)'],
    });
  });

  it('explains an OPTIONS request that is no preflight, whose answer no cache may take for one', async () => {
    await service.update({ origin: APP, paths: [{ path: '/files', untouched: true }] });
    for (const path of ['/cats', '/cats/asking', '/files', '/nothing']) {
      for (const origin of [APP, OTHER, undefined]) {
        const { headers } = await service.explain({ url: path, method: 'OPTIONS', origin, phase: 'request' });
        const { cors } = await app.send({ path, method: 'OPTIONS', origin });
        expect([path, headers['Vary']]).toEqual([path, cors['vary']]);
      }
    }
  });

  it('cannot be changed through what it hands out', () => {
    const [first] = service.routes();
    expect([Object.isFrozen(first), Object.isFrozen(first?.policy)]).toEqual([true, true]);
    expect(app.port).toBeGreaterThan(0);
  });
});

describe.each(BOTH_PLATFORMS)('CorsService.update(), on %s', (_, way) => {
  it('changes forRoot’s options; decorators stay as they are', async () => {
    const { app, service } = await start(way);
    await service.update({ origin: OTHER, credentials: true });
    expect((await app.send({ path: '/cats', origin: OTHER })).cors).toEqual({
      [ACAO]: OTHER,
      [ACAC]: 'true',
      vary: 'Origin',
    });
    expect((await app.send({ path: '/cats', origin: APP })).cors).toEqual({ vary: 'Origin' });
    expect((await app.send({ path: '/cats/asking', origin: APP })).cors).toMatchObject({ [ACAO]: APP });
    expect((await app.send({ method: 'POST', path: '/cats', origin: OTHER })).cors).toEqual({});
    expect(await service.allows(OTHER)).toBe(true);
  });

  it('takes a function of the options in force', async () => {
    const { app, service } = await start(way);
    await service.update((current) => ({ ...current, origin: [APP, OTHER] }));
    expect((await app.send({ path: '/cats', origin: OTHER })).cors).toEqual({
      [ACAO]: OTHER,
      [ACEH]: 'X-Total',
      vary: 'Origin',
    });
  });

  it('rejects with every mistake, and changes nothing', async () => {
    const { app, service } = await start(way);
    const change = service.update({ origin: 'nonsense', maxAge: -1 });
    await expect(change).rejects.toBeInstanceOf(CorsConfigError);
    await expect(change).rejects.toMatchObject({ issues: [{ code: 'origin-invalid' }, { code: 'max-age' }] });
    await expect(
      service.update(() => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect((await app.send({ path: '/cats', origin: APP })).cors).toEqual({
      [ACAO]: APP,
      [ACEH]: 'X-Total',
      vary: 'Origin',
    });
    expect(service.routes()[0]?.policy).toMatchObject({ shares: 'named' });
  });

  it('does not reach into a request that is under way', async () => {
    let release: () => void = () => undefined;
    let isAsked: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    const waits = async (): Promise<boolean> =>
      new Promise((resolve) => {
        release = () => resolve(true);
        isAsked();
      });
    const { app, service } = await start(way);
    await service.update({ origin: waits, exposedHeaders: ['X-Before'] });
    const underWay = app.send({ path: '/cats', origin: OTHER });
    await asked;
    await service.update({ origin: APP, exposedHeaders: ['X-After'], credentials: true });
    release();
    expect((await underWay).cors).toEqual({ [ACAO]: OTHER, [ACEH]: 'X-Before', vary: 'Origin' });
    expect((await app.send({ path: '/cats', origin: OTHER })).cors).toEqual({ vary: 'Origin' });
  });

  it('counts while the application starts as well', async () => {
    @Module({})
    class SettingsModule implements NestModule {
      constructor(private readonly cors: CorsService) {}

      configure(): void {
        void this.cors.update({ origin: OTHER });
      }
    }
    const app = await startApp(
      way,
      rootModule({ controllers: [CatsController], imports: [SettingsModule] }, { origin: APP }),
    );
    expect((await app.send({ path: '/cats', origin: OTHER })).cors).toEqual({ [ACAO]: OTHER, vary: 'Origin' });
  });

  it('during traffic no answer mixes two policies', async () => {
    const { app, service } = await start(way);
    const policies = [
      { origin: APP, credentials: true, exposedHeaders: ['X-One'] },
      { origin: [APP, OTHER], exposedHeaders: ['X-Two'] },
    ];
    const expected = [
      { [ACAO]: APP, [ACAC]: 'true', [ACEH]: 'X-One', vary: 'Origin' },
      { [ACAO]: APP, [ACEH]: 'X-Two', vary: 'Origin' },
    ];
    await service.update(policies[0] ?? {});
    const traffic = Array.from({ length: 60 }, async (_, index) => {
      await service.update(policies[index % 2] ?? {});
      return (await app.send({ path: '/cats', origin: APP })).cors;
    });
    for (const cors of await Promise.all(traffic)) {
      expect(expected).toContainEqual(cors);
    }
  });
});

@Controller('versions')
class VersionsController {
  @Get('differ') @Version('1') @Cors({ origin: APP }) one(): string {
    return 'one';
  }

  @Get('differ') @Version('2') @Cors({ origin: OTHER, maxAge: 1 }) two(): string {
    return 'two';
  }

  @Get('differ') @Version('3') @Cors({ origin: asks }) three(): string {
    return 'three';
  }

  @Get('agree') @Version('1') @Cors({ origin: APP, maxAge: 1 }) agreeing(): string {
    return 'one';
  }

  @Get('agree') @Version('2') @Cors({ origin: APP, maxAge: 2 }) agreed(): string {
    return 'two';
  }

  @Post('enforced') @Version('1') @Cors({ origin: APP }) unenforced(): string {
    return 'one';
  }

  @Post('enforced') @Version('2') @Cors({ origin: APP, enforce: true }) enforced(): string {
    return 'two';
  }

  @Get('plain') @Version('1') plain(): string {
    return 'one';
  }

  @Get('plain') @Version('2') @Cors({ origin: APP }) notPlain(): string {
    return 'two';
  }
}

describe.each(BOTH_PLATFORMS)('explain(), where versions of a route differ, on %s', (_, way) => {
  let service: CorsService;
  beforeAll(async () => {
    const app = await startApp(way, rootModule({ controllers: [VersionsController] }), {
      configure: (nest) => nest.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' }),
    });
    service = app.nest.get(CorsService);
  });
  const refused = { verdict: 'refused', step: 'origin', reason: 'origin-not-allowed', headers: { Vary: 'Origin' } };
  const allowed = {
    verdict: 'allowed',
    step: undefined,
    reason: undefined,
    headers: { 'Access-Control-Allow-Origin': APP, Vary: 'Origin' },
  };

  it('is undecided where enforce of one of them answers instead of the application', async () => {
    expect(await service.explain({ url: '/versions/enforced', method: 'POST', origin: OTHER })).toMatchObject({
      verdict: 'undecided',
      candidates: [
        { ...refused, status: undefined },
        { ...refused, status: 403 },
      ],
    });
  });

  it('is undecided, and says what each of them would answer', async () => {
    const question = { url: '/versions/differ', origin: APP };
    const base = { phase: 'request', step: undefined, reason: undefined, status: undefined, headers: {}, paths: [] };
    const [one, two, three] = ['one', 'two', 'three'].map((name) => `VersionsController.${name}`);
    expect(await service.explain(question)).toEqual({
      ...base,
      verdict: 'undecided',
      routes: [one, two, three],
      candidates: [
        { route: one, ...allowed },
        { route: two, ...refused, diagnosis: expect.objectContaining({ target: two, missing: [APP] }) },
        { route: three, ...allowed, verdict: 'undecided', headers: { Vary: 'Origin' } },
      ],
    });
    expect(await service.explain(question, { askResolvers: true })).toMatchObject({
      verdict: 'undecided',
      candidates: [allowed, refused, allowed],
    });
  });

  it('is decided where all of them answer alike', async () => {
    const explained = await service.explain({ url: '/versions/agree', origin: APP });
    expect(explained).toMatchObject({ ...allowed, candidates: [allowed, allowed] });
    const elsewhere = await service.explain({ url: '/versions/agree', origin: OTHER });
    expect(elsewhere).toMatchObject({ ...refused, candidates: [refused, refused] });
  });

  it('tells the app’s own affair from a policy', async () => {
    expect(await service.explain({ url: '/versions/plain', origin: APP })).toMatchObject({
      verdict: 'undecided',
      candidates: [{ verdict: 'untouched', headers: {} }, allowed],
    });
  });

  it('is decided about a preflight, which all of them have to allow', async () => {
    const question = { url: '/versions/differ', origin: APP, phase: 'preflight' } as const;
    expect(await service.explain(question)).toMatchObject({ verdict: 'refused', candidates: [] });
  });
});
