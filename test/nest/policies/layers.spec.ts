import { describe, expect, it } from '@jest/globals';
import { All, Controller, Get, Module, Patch, Post, Put, type Type } from '@nestjs/common';
import { Cors } from 'nestjs-cors';

import { ACAC, ACAM, ACAO, ACEH, ACMA, APP } from '../../cases/cors-case.js';
import { allOf, look, Named } from '../../support/named-route.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY } from '../../support/ways.js';
import { reach } from '../../support/witness.js';

@Controller('cats')
@Named('first')
class FirstCats {
  @Get() list(): string {
    return reach('first');
  }
}

/** The same path in another module: the first one registered is reached, for what it serves. */
@Controller('cats')
@Named('late')
class LateCats {
  @Get() list(): string {
    return reach('late');
  }

  @Patch() patch(): string {
    return reach('late');
  }
}

@Module({ controllers: [LateCats] })
class LateModule {}

describe.each(EVERY_WAY)('two modules on one path, on %s', (_, way) => {
  const conflict = way.isExpress ? [FirstCats] : [];

  it('the first one registered runs; each method has the policy of its own', async () => {
    // Fastify refuses the same route twice, so there only the other methods meet.
    const app = await startApp(way, rootModule({ controllers: conflict, imports: [LateModule] }));
    expect(await look(app, 'PATCH', '/cats')).toEqual(allOf('late'));
    const first = conflict.length === 0 ? 'late' : 'first';
    expect(await look(app, 'GET', '/cats')).toEqual(allOf(first));
  });

  it('auto lists what the URL serves under an equal policy, whichever module serves it', async () => {
    @Controller('shared')
    @Cors({ origin: '*' })
    class One {
      @Get() get(): string {
        return 'one';
      }
    }
    @Controller('shared')
    class Two {
      @Put() @Cors({ origin: ['*'] }) put(): string {
        return 'two';
      }

      @Post() @Cors({ origin: '*', maxAge: 1 }) post(): string {
        return 'two';
      }
    }
    @Module({ controllers: [Two] })
    class TwoModule {}
    const app = await startApp(way, rootModule({ controllers: [One], imports: [TwoModule] }));
    expect((await app.preflight('/shared', 'GET', 'https://a.example')).cors[ACAM]).toBe('GET, HEAD, PUT');
    expect((await app.preflight('/shared', 'POST', 'https://a.example')).cors[ACAM]).toBe('POST');
  });
});

class Base {
  @Get('plain') plain(): string {
    return 'plain';
  }

  @Get('own') @Cors({ maxAge: 7 }) own(): string {
    return 'own';
  }

  @Get('open') @Cors({ origin: '*', credentials: false }) open(): string {
    return 'open';
  }
}

@Controller('one')
@Cors({ origin: APP, credentials: true })
class One extends Base {}

@Controller('two')
@Cors({ origin: 'https://two.example', exposedHeaders: ['X-Two'] })
class Two extends Base {}

@Controller('shut')
@Cors(false)
class Shut extends Base {
  @Get('again') @Cors({ origin: APP }) again(): string {
    return 'again';
  }
}

@Controller('shut-by-name')
@Cors('nobody')
class ShutByName extends Base {
  @Get('again') @Cors({ origin: APP }) again(): string {
    return 'again';
  }
}

@Controller('below-shut')
class BelowShut extends ShutByName {}

@Controller('none')
class None {
  @Get('plain') plain(): string {
    return 'plain';
  }
}

@Controller('below')
@Cors({ exposedHeaders: { add: ['X-Below'] } })
class Below extends One {}

@Module({ controllers: [None] })
@Cors({ origin: APP, exposedHeaders: ['X-Module'] })
class OpenModule {}

@Module({ controllers: [] })
@Cors({ origin: '*' })
class ElsewhereModule {}

async function preflightOf(app: RunningApp, path: string, origin: string = APP) {
  const { vary: _, ...cors } = (await app.preflight(path, 'GET', origin)).cors;
  return cors;
}

describe.each(EVERY_WAY)('layers, on %s', (_, way) => {
  const controllers: Type[] = [One, Two, Shut, ShutByName, BelowShut, Below];
  const policies = { nobody: false } as const;
  const start = async () =>
    startApp(way, rootModule({ controllers, imports: [OpenModule, ElsewhereModule] }, { maxAge: 60, policies }));
  const GET = { [ACAM]: 'GET, HEAD' };

  it('a handler that controllers inherit has the policy of each of them', async () => {
    const app = await start();
    expect(await preflightOf(app, '/one/plain')).toEqual({ [ACAO]: APP, [ACAC]: 'true', [ACMA]: '60', ...GET });
    expect(await preflightOf(app, '/two/plain')).toEqual({});
    expect(await preflightOf(app, '/two/plain', 'https://two.example')).toEqual({
      [ACAO]: 'https://two.example',
      [ACMA]: '60',
      ...GET,
    });
    expect(await preflightOf(app, '/shut/plain')).toEqual({});
  });

  it('and with what it says itself over it', async () => {
    const app = await start();
    expect(await preflightOf(app, '/one/own')).toEqual({ [ACAO]: APP, [ACAC]: 'true', [ACMA]: '7', ...GET });
    expect(await preflightOf(app, '/one/open')).toEqual({ [ACAO]: '*', [ACMA]: '60', ...GET });
  });

  it('a subclass with @Cors(false) closes what it inherits, whatever that says; its own handlers may open again', async () => {
    const app = await start();
    expect(await preflightOf(app, '/shut/own')).toEqual({});
    expect(await preflightOf(app, '/shut/open')).toEqual({});
    expect((await app.send({ path: '/shut/open', origin: APP })).cors).toEqual({});
    expect(await preflightOf(app, '/shut/again')).toEqual({ [ACAO]: APP, [ACMA]: '60', ...GET });
  });

  it('so does one whose policy is false by name', async () => {
    const app = await start();
    for (const path of ['/shut-by-name', '/below-shut']) {
      expect(await preflightOf(app, `${path}/own`)).toEqual({});
      expect(await preflightOf(app, `${path}/open`)).toEqual({});
      expect((await app.send({ path: `${path}/open`, origin: APP })).cors).toEqual({});
      expect(await preflightOf(app, `${path}/again`)).toEqual({ [ACAO]: APP, [ACMA]: '60', ...GET });
    }
  });

  it('a subclass’s policy is over its base class’s', async () => {
    const app = await start();
    const { cors } = await app.send({ path: '/below/plain', origin: APP });
    expect(cors).toEqual({ [ACAO]: APP, [ACAC]: 'true', [ACEH]: 'X-Below', vary: 'Origin' });
  });

  it('a module’s policy is for its own controllers', async () => {
    const app = await start();
    const { cors } = await app.send({ path: '/none/plain', origin: APP });
    expect(cors).toEqual({ [ACAO]: APP, [ACEH]: 'X-Module', vary: 'Origin' });
  });

  it('a named policy drops what is inherited, and keeps forRoot’s defaults', async () => {
    @Controller('use')
    @Cors({ origin: APP, credentials: true, exposedHeaders: ['X-Class'] })
    class Using {
      @Get('name') @Cors('partners') name(): string {
        return 'name';
      }

      @All('more') @Cors({ use: 'partners', maxAge: 1 }) more(): string {
        return 'more';
      }

      @Put('shut') @Cors('shut') shut(): string {
        return 'shut';
      }
    }
    const policies = { partners: { origin: 'https://partner.example' }, shut: false as const };
    const app = await startApp(way, rootModule({ controllers: [Using] }, { maxAge: 60, policies }));
    const partner = { [ACAO]: 'https://partner.example' };
    expect(await preflightOf(app, '/use/name', 'https://partner.example')).toEqual({
      ...partner,
      [ACMA]: '60',
      ...GET,
    });
    expect(await preflightOf(app, '/use/more', 'https://partner.example')).toEqual({
      ...partner,
      [ACMA]: '1',
      [ACAM]: 'GET',
    });
    expect((await app.preflight('/use/shut', 'PUT', APP)).status).toBe(403);
  });
});
