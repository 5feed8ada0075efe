import { describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { createServer, IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';

import { ACAO, APP } from '../../cases/cors-case.js';
import { send } from '../../support/http-client.js';
import { createApp, expressOf, rootModule, startApp } from '../../support/running-app.js';
import { EVERY_WAY } from '../../support/ways.js';

const EXPRESS_WAYS = EVERY_WAY.filter(([, way]) => way.isExpress);

@Controller()
class CatsController {
  @Get('cats') list(): string {
    return 'list';
  }
}

const WITH_POLICY = rootModule({ controllers: [CatsController] }, { origin: APP });

describe.each(EXPRESS_WAYS)('the objects of Express (%s)', (_, way) => {
  /** Whether two requests that are in the first middleware together, and their responses, have one hidden class each. */
  async function areAlike(): Promise<readonly boolean[]> {
    const waiting: [Request, Response, NextFunction][] = [];
    let alike: readonly boolean[] = [];
    const app = await startApp(way, WITH_POLICY, {
      configure: (nest) =>
        nest.use((...exchange: [Request, Response, NextFunction]) => {
          waiting.push(exchange);
          const [one, other] = waiting;
          if (one !== undefined && other !== undefined) {
            alike = [haveSameMap(one[0], other[0]), haveSameMap(one[1], other[1])];
            waiting.splice(0).forEach(([, , next]) => next());
          }
        }),
    });
    // Several times: V8 keeps the hidden class of an object whose prototype is changed the first time.
    for (let count = 0; count < 3; count += 1) {
      await Promise.all([app.send({ path: '/cats', origin: APP }), app.send({ path: '/cats', origin: APP })]);
    }
    return alike;
  }

  it('share their hidden classes, as there is room for what Express adds to each', async () => {
    expect(await areAlike()).toEqual([true, true]);
  });

  it.each(['params', 'next', 'baseUrl', 'originalUrl', '_parsedUrl'])(
    'may have a class of their own, whose accessors for %s are not called',
    async (name) => {
      class OwnRequest extends IncomingMessage {}
      const called: string[] = [];
      const access = (): undefined => {
        called.push(name);
        throw new Error('not known yet');
      };
      Object.defineProperty(OwnRequest.prototype, name, { get: access, set: access });
      const nest = await createApp(way, WITH_POLICY);
      await nest.init();
      const server = createServer({ IncomingMessage: OwnRequest }, expressOf(nest));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { status, cors } = await send((server.address() as AddressInfo).port, { path: '/cats', origin: APP });
      server.close();
      expect([status, cors, called]).toEqual([200, { [ACAO]: APP, vary: 'Origin' }, []]);
    },
  );

  it('keep what an outer program has set', async () => {
    const outer = { baseUrl: '/outer', originalUrl: '/outer/cats?a=1' };
    let seen: object | undefined;
    const nest = await createApp(way, WITH_POLICY, {
      configure: (app) =>
        app.use(({ baseUrl, originalUrl }: Request, _response: Response, next: NextFunction) => {
          seen = { baseUrl, originalUrl };
          next();
        }),
    });
    await nest.init();
    const server = createServer((request, response) => {
      Object.assign(request, outer);
      expressOf(nest)(request as Request, response as Response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { cors } = await send(port, { path: '/cats', origin: APP });
    server.close();
    expect([cors, seen]).toEqual([{ [ACAO]: APP, vary: 'Origin' }, outer]);
  });
});

/** Whether V8 reads a property of both objects with one inline cache. */
const haveSameMap = compileHaveSameMap();

function compileHaveSameMap(): (one: object, other: object) => boolean {
  setFlagsFromString('--allow-natives-syntax');
  const ask = runInThisContext('(one, other) => %HaveSameMap(one, other)') as (one: object, other: object) => boolean;
  // V8 compiles a function when it is first called.
  ask({}, {});
  setFlagsFromString('--no-allow-natives-syntax');
  return ask;
}
