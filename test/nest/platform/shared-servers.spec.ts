import { describe, expect, it } from '@jest/globals';
import {
  Controller,
  Delete,
  Get,
  Module,
  Put,
  type INestApplication,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Cors, CorsModule, CorsService, type CorsModuleOptions } from 'nestjs-cors';

import { ACAC, ACAH, ACAM, ACAO, ACEH, APP } from '../../cases/cors-case.js';
import { createApp, createExpress, portOf, rootModule, RunningApp, startApp } from '../../support/running-app.js';
import { EVERY_WAY, EXPRESS, FASTIFY, type Way } from '../../support/ways.js';
import { log } from '../../support/log-capture.js';
import { reach, reached } from '../../support/witness.js';

/** Several applications on one adapter, on one instance of the platform, one after the other, and one in the other. */

const ONE = 'https://one.example';
const TWO = 'https://two.example';
const BOTH = 'https://both.example';
const EXPRESS_WAYS = EVERY_WAY.filter(([, way]) => way.isExpress);

@Controller('cats')
class CatsController {
  @Get() list(): string {
    return reach('list');
  }

  @Put() update(): string {
    return reach('update');
  }

  @Delete() @Cors(false) remove(): string {
    return reach('remove');
  }
}

const first = rootModule({ controllers: [CatsController] }, { origin: [ONE, BOTH], credentials: true });
const second = rootModule({ controllers: [CatsController] }, { origin: [TWO, BOTH], exposedHeaders: ['X-Two'] });

const prefixed =
  (prefix: string) =>
  (app: INestApplication): unknown =>
    app.setGlobalPrefix(prefix);

/** Both on one adapter, one after the other, and the second listens. */
async function startBoth(way: Way, adapters: readonly ExpressAdapter[]): Promise<[INestApplication, RunningApp]> {
  const [adapter = new ExpressAdapter(), other = adapter] = adapters;
  const one = await createApp(way, first, { adapter, configure: prefixed('one') });
  await one.init();
  const two = await startApp(way, second, { adapter: other, configure: prefixed('two') });
  return [one, two];
}

const OWN_ONE = { [ACAO]: ONE, [ACAC]: 'true', vary: 'Origin' };
const OWN_TWO = { [ACAO]: TWO, [ACEH]: 'X-Two', vary: 'Origin' };
const NOTHING = { vary: 'Origin' };

async function expectOwnPolicies(app: RunningApp): Promise<void> {
  for (const [prefix, own, headers, other] of [
    ['one', ONE, OWN_ONE, TWO],
    ['two', TWO, OWN_TWO, ONE],
  ] as const) {
    const path = `/${prefix}/cats`;
    expect(await app.send({ path, origin: own })).toMatchObject({ body: 'list', cors: headers });
    expect(await app.send({ path, origin: other })).toMatchObject({ body: 'list', cors: NOTHING });
    expect(await app.send({ path, method: 'DELETE', origin: own })).toMatchObject({ body: 'remove', cors: {} });
    const preflight = await app.preflight(path, 'PUT', own);
    expect([preflight.status, preflight.cors[ACAO]]).toEqual([204, own]);
    expect((await app.preflight(path, 'PUT', other)).status).toBe(403);
    expect((await app.preflight(path, 'DELETE', own)).status).toBe(403);
  }
  expect(log.ofCors('error')).toEqual([]);
}

async function expectSharedPolicy(app: RunningApp): Promise<void> {
  expect((await app.send({ path: '/none', origin: BOTH })).cors).toEqual({ [ACAO]: BOTH, vary: 'Origin' });
  expect((await app.send({ path: '/none', origin: ONE })).cors).toEqual(NOTHING);
  expect((await app.send({ path: '/none', origin: TWO })).cors).toEqual(NOTHING);
  const allowed = await app.preflight('/none', 'PUT', BOTH, 'x-one');
  expect([allowed.status, allowed.cors[ACAO], allowed.cors[ACAC], allowed.cors[ACAH]]).toEqual([
    204,
    BOTH,
    undefined,
    'x-one',
  ]);
  expect(allowed.cors[ACAM]).toContain('PUT');
  for (const origin of [ONE, TWO]) {
    const refused = await app.preflight('/none', 'PUT', origin);
    expect([refused.status, refused.cors]).toEqual([
      403,
      { vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers' },
    ]);
  }
}

describe.each(EXPRESS_WAYS)('two applications on Express (%s)', (_, way) => {
  it('have their own policies on one adapter, and both of them where neither serves', async () => {
    const [, app] = await startBoth(way, [new ExpressAdapter()]);
    await expectOwnPolicies(app);
    await expectSharedPolicy(app);
  });

  it('have them on two adapters of one instance as well', async () => {
    const express = createExpress();
    const [, app] = await startBoth(way, [new ExpressAdapter(express), new ExpressAdapter(express)]);
    await expectOwnPolicies(app);
    await expectSharedPolicy(app);
  });

  it('share a tracer’s hook', async () => {
    const adapter = new ExpressAdapter();
    const [, app] = await startBoth(way, [adapter]);
    adapter.setOnRequestHook((_request: unknown, _reply: unknown, done: () => void) => {
      reach('tracer');
      done();
    });
    expect((await app.send({ path: '/two/cats', origin: TWO })).cors).toEqual(OWN_TWO);
    expect(reached).toEqual(['tracer', 'list']);
  });

  it('share nothing at a URL of neither, where one of them has no policy', async () => {
    const adapter = new ExpressAdapter();
    const open = rootModule({}, { origin: '*' });
    const silent = rootModule({}, {});
    const one = await createApp(way, silent, { adapter, configure: prefixed('one') });
    await one.init();
    const app = await startApp(way, open, { adapter, configure: prefixed('two') });
    expect((await app.send({ path: '/none', origin: ONE })).cors).toEqual({});
    const refused = await app.preflight('/none', 'GET', ONE);
    expect([refused.status, refused.cors[ACAO]]).toEqual([403, undefined]);
  });

  it('may be enforced, each for itself, and both where neither serves', async () => {
    const adapter = new ExpressAdapter();
    const strict = rootModule({ controllers: [CatsController] }, { origin: ONE, enforce: true });
    const one = await createApp(way, strict, { adapter, configure: prefixed('one') });
    await one.init();
    const app = await startApp(way, second, { adapter, configure: prefixed('two') });
    expect((await app.send({ path: '/one/cats', method: 'PUT', origin: TWO })).status).toBe(403);
    expect((await app.send({ path: '/two/cats', method: 'PUT', origin: ONE })).status).toBe(200);
    expect((await app.send({ path: '/none', method: 'PUT', origin: TWO })).status).toBe(403);
    expect(reached).toEqual(['update']);
  });

  it('share what they decided, where one of them is updated while the other waits for an answer', async () => {
    const adapter = new ExpressAdapter();
    const one = await createApp(way, rootModule({}, { origin: BOTH }), { adapter, configure: prefixed('one') });
    await one.init();
    const waits = async (): Promise<boolean> => {
      // Of both: the policies of the one that has answered, and those of the one that is asked.
      await one.get(CorsService).update({ origin: ONE });
      await app.nest.get(CorsService).update({ origin: TWO });
      return true;
    };
    const app = await startApp(way, rootModule({}, { origin: waits }), { adapter, configure: prefixed('two') });
    expect((await app.send({ path: '/none', origin: BOTH })).cors).toEqual({ [ACAO]: BOTH, vary: 'Origin' });
    expect((await app.send({ path: '/none', origin: BOTH })).cors).toEqual(NOTHING);
  });

  it('are judged by the one whose handler is entered, where middleware leads a request to the other', async () => {
    const adapter = new ExpressAdapter();
    adapter.use((request: { url: string }, _response: unknown, next: () => void) => {
      request.url = request.url.replace('/alias', '/two');
      next();
    });
    const [, app] = await startBoth(way, [adapter]);
    expect(await app.send({ path: '/alias/cats', origin: TWO })).toMatchObject({ body: 'list', cors: OWN_TWO });
    expect((await app.send({ path: '/alias/cats', origin: ONE })).cors).toEqual(NOTHING);
    expect((await app.send({ path: '/alias/cats', method: 'DELETE', origin: BOTH })).status).toBe(403);
  });
});

describe.each(EXPRESS_WAYS)('an application that follows a closed one on its adapter (%s)', (_, way) => {
  it('has its own policy, and the routes that are left of the other have theirs', async () => {
    const adapter = new ExpressAdapter();
    const old = await startApp(way, first, { adapter, configure: prefixed('one') });
    await old.close();
    const app = await startApp(way, second, { adapter, configure: prefixed('two') });
    await expectOwnPolicies(app);
    expect((await app.send({ path: '/none', origin: TWO })).cors).toEqual(OWN_TWO);
    expect((await app.preflight('/none', 'PUT', TWO)).status).toBe(204);
    expect((await app.preflight('/none', 'PUT', ONE)).status).toBe(403);
  });

  it('has the policy of the handler that runs, where both serve one URL', async () => {
    const adapter = new ExpressAdapter();
    const old = await startApp(way, first, { adapter });
    await old.close();
    const app = await startApp(way, second, { adapter });
    expect(await app.send({ path: '/cats', origin: ONE })).toMatchObject({ body: 'list', cors: OWN_ONE });
    expect((await app.preflight('/cats', 'PUT', ONE)).status).toBe(204);
    expect((await app.preflight('/cats', 'PUT', TWO)).status).toBe(403);
  });

  it('leaves nothing of it behind where Express has none of its routes', async () => {
    const express = createExpress();
    const registry = (): readonly unknown[] =>
      Object.getOwnPropertySymbols(express).map((key) => Reflect.get(express, key) as unknown);
    const handles = new Set<unknown>([Reflect.get(express, 'handle')]);
    for (let count = 0; count < 5; count++) {
      const app = await startApp(way, rootModule({}, { origin: APP }), { adapter: new ExpressAdapter(express) });
      expect((await app.send({ path: '/none', origin: APP })).cors).toEqual({ [ACAO]: APP, vary: 'Origin' });
      handles.add(Reflect.get(express, 'handle'));
      await app.close();
    }
    expect(registry().map((each) => (each as { size?: number }).size)).toContain(0);
    expect(handles.size).toBe(2);
  });
});

describe('an application with CorsModule beside one without it, on one adapter', () => {
  @Module({ controllers: [CatsController] })
  class BareModule {}

  it.each([
    ['before it', 0],
    ['after it', 1],
  ])('has its own policies, and the routes of the other follow forRoot(): %s', async (_, at) => {
    const adapter = new ExpressAdapter();
    const roots: readonly (readonly [Type, string])[] = [
      [BareModule, 'bare'],
      [first, 'one'],
    ];
    const [[root, prefix], [otherRoot, otherPrefix]] = at === 0 ? [roots[0]!, roots[1]!] : [roots[1]!, roots[0]!];
    const one = await createApp(EXPRESS, root, { adapter, configure: prefixed(prefix) });
    await one.init();
    const app = await startApp(EXPRESS, otherRoot, { adapter, configure: prefixed(otherPrefix) });
    expect(await app.send({ path: '/one/cats', origin: ONE })).toMatchObject({ body: 'list', cors: OWN_ONE });
    expect((await app.preflight('/one/cats', 'DELETE', ONE)).status).toBe(403);
    expect(await app.send({ path: '/bare/cats', origin: ONE })).toMatchObject({ body: 'list', cors: OWN_ONE });
    expect((await app.preflight('/bare/cats', 'DELETE', ONE)).status).toBe(204);
  });
});

describe('init() more than once', () => {
  it.each(EVERY_WAY)('changes nothing (%s)', async (_, way) => {
    const nest = await createApp(way, first);
    await nest.init();
    await nest.init();
    await nest.listen(0, '127.0.0.1');
    const app = new RunningApp(nest, portOf(nest));
    expect((await app.send({ path: '/cats', origin: ONE })).cors).toEqual(OWN_ONE);
    expect((await app.preflight('/cats', 'DELETE', ONE)).status).toBe(403);
    expect(nest.get(CorsService).routes()).toHaveLength(3);
  });

  it('after a failure of the app’s own, knows the routes that the first one has registered', async () => {
    let failures = 1;
    @Module({ imports: [rootOf({ origin: ONE })], controllers: [CatsController] })
    class FailingModule implements OnModuleInit {
      onModuleInit(): void {
        if (failures-- > 0) {
          throw new Error('the database is down');
        }
      }
    }
    const nest = await createApp(EXPRESS, FailingModule);
    await expect(nest.init()).rejects.toThrow('the database is down');
    await nest.listen(0, '127.0.0.1');
    const app = new RunningApp(nest, portOf(nest));
    expect((await app.send({ path: '/cats', origin: ONE })).cors).toEqual({ [ACAO]: ONE, vary: 'Origin' });
    expect(await app.send({ path: '/cats', method: 'DELETE', origin: ONE })).toMatchObject({
      body: 'remove',
      cors: {},
    });
    expect((await app.preflight('/cats', 'DELETE', ONE)).status).toBe(403);
  });
});

describe('a second application on one Fastify instance', () => {
  it('is refused by Fastify, and leaves the first as it was', async () => {
    const adapter = new FastifyAdapter();
    const one = await createApp(FASTIFY, first, { adapter, configure: prefixed('one') });
    await one.init();
    const two = await createApp(FASTIFY, second, { adapter, configure: prefixed('two') });
    await expect(two.init()).rejects.toThrow('Not found handler already set');
    await one.listen(0, '127.0.0.1');
    const app = new RunningApp(one, portOf(one));
    expect(await app.send({ path: '/one/cats', origin: ONE })).toMatchObject({ body: 'list', cors: OWN_ONE });
    expect((await app.preflight('/one/cats', 'DELETE', ONE)).status).toBe(403);
    expect((await app.send({ path: '/none', origin: ONE })).cors).toEqual(OWN_ONE);
    expect(await app.send({ path: '/two/cats', origin: TWO })).toMatchObject({ body: 'list', cors: OWN_TWO });
  });
});

function rootOf(options: CorsModuleOptions): ReturnType<typeof CorsModule.forRoot> {
  return CorsModule.forRoot(options);
}
