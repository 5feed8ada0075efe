/** Each cell of the README's comparison that is about Nest: the same application with each of them, and a page that calls it. */
import { describe, expect, it } from '@jest/globals';
import {
  Controller,
  Delete,
  Get,
  Injectable,
  Module,
  Put,
  RequestMethod,
  UnauthorizedException,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type MiddlewareConsumer,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import fastifyCors from '@fastify/cors';
import cors from 'cors';
import { readFile } from 'node:fs/promises';
import { Cors, CorsModule, CorsService, type CorsPolicyOptions } from 'nestjs-cors';
import { CorsBlockedError, pageAt } from 'nestjs-cors/testing';

import { APP } from '../cases/cors-case.js';
import { log } from '../support/log-capture.js';
import { fastifyOf, startApp, type AppSetup, type RunningApp } from '../support/running-app.js';
import { BOTH_PLATFORMS, FASTIFY, type Way } from '../support/ways.js';

const ANYBODY = 'https://anybody.example';

/** What the application wants: its list for everybody, its changes for its own front end, its removals for no page. */
interface Policies {
  readonly list: { readonly origin: string; readonly credentials: boolean };
  readonly own: { readonly origin: string; readonly credentials: boolean };
}

const WANTED: Policies = {
  list: { origin: '*', credentials: false },
  own: { origin: APP, credentials: true },
};

/** What browsers refuse: everybody, with cookies. */
const BROKEN: Policies = { ...WANTED, list: { origin: '*', credentials: true } };

/** One way to have CORS in Nest, as its own documentation shows it, at its best. */
interface Contender {
  readonly ways: readonly Way[];
  root(policies: Policies): Type;
  setup?(policies: Policies): AppSetup;
  /** What it says when it is asked about a refused preflight. */
  why?(app: RunningApp): Promise<string | undefined>;
}

@Injectable()
class NobodyGuard implements CanActivate {
  canActivate(): boolean {
    throw new UnauthorizedException();
  }
}

type Decorate = (policy: keyof Policies | 'none') => MethodDecorator;

const NOTHING: Decorate = () => () => undefined;

/** The same controller for all of them, decorated as each needs it. */
function controllerOf(decorate: Decorate): Type {
  @Controller('cats')
  class CatsController {
    @Get()
    @decorate('list')
    list(): string {
      return 'list';
    }

    @Get('mine')
    @decorate('own')
    @UseGuards(NobodyGuard)
    mine(): void {}

    @Get(':id')
    @decorate('own')
    read(): string {
      return 'read';
    }

    @Put(':id')
    @decorate('own')
    rename(): string {
      return 'renamed';
    }

    @Delete(':id')
    @decorate('none')
    remove(): string {
      return 'removed';
    }
  }
  return CatsController;
}

/** As every second project has it. */
function headersBy({ origin, credentials }: Policies['own']): Type<NestInterceptor> {
  @Injectable()
  class CorsHeaders implements NestInterceptor {
    intercept(context: ExecutionContext, next: CallHandler): ReturnType<CallHandler['handle']> {
      const http = context.switchToHttp();
      const asking = http.getRequest<{ headers: Record<string, string> }>().headers['origin'];
      const reply = http.getResponse<{ header(name: string, value: string): unknown }>();
      if (origin === '*' || asking === origin) {
        reply.header('Access-Control-Allow-Origin', origin);
        reply.header('Access-Control-Allow-Credentials', String(credentials));
      }
      return next.handle();
    }
  }
  return CorsHeaders;
}

const CONTENDERS: Readonly<Record<string, Contender>> = {
  '**nestjs-cors**': {
    ways: BOTH_PLATFORMS.map(([, way]) => way),
    root: ({ list, own }) => {
      const policies: Readonly<Record<'list' | 'own' | 'none', CorsPolicyOptions | false>> = { list, own, none: false };
      @Module({
        imports: [CorsModule.forRoot({ origin: APP, credentials: true })],
        controllers: [controllerOf((name) => Cors(policies[name]))],
      })
      class AppModule {}
      return AppModule;
    },
    why: async ({ nest }) => {
      const { reason } = await nest.get(CorsService).explain({ origin: ANYBODY, method: 'PUT', url: '/cats/1' });
      return reason;
    },
  },

  '`app.enableCors({ … })`': {
    ways: BOTH_PLATFORMS.map(([, way]) => way),
    root: () => {
      @Module({ controllers: [controllerOf(NOTHING)] })
      class AppModule {}
      return AppModule;
    },
    // One policy for all: the front end's, as it needs its cookies.
    setup: ({ list, own }) => ({
      configure: (app) => app.enableCors(list.credentials ? list : own),
    }),
  },

  '`consumer.apply(cors(…)).forRoutes(…)`': {
    ways: BOTH_PLATFORMS.map(([, way]) => way),
    root: ({ list, own }) => {
      @Module({ controllers: [controllerOf(NOTHING)] })
      class AppModule {
        configure(consumer: MiddlewareConsumer): void {
          // All methods, so that it sees OPTIONS requests.
          consumer.apply(cors(list)).forRoutes({ path: 'cats', method: RequestMethod.ALL });
          consumer.apply(cors(own)).forRoutes({ path: 'cats/:id', method: RequestMethod.ALL });
        }
      }
      return AppModule;
    },
  },

  '`@fastify/cors` with `config: { cors }`': {
    ways: [FASTIFY],
    root: ({ list, own }) => {
      const policies = { list, own, none: { origin: false } };
      @Module({ controllers: [controllerOf((name) => RouteConfig({ cors: policies[name] }))] })
      class AppModule {}
      return AppModule;
    },
    setup: ({ own }) => ({
      configure: async (app) => {
        await fastifyOf(app).register(fastifyCors, own);
      },
    }),
  },

  'an interceptor': {
    ways: BOTH_PLATFORMS.map(([, way]) => way),
    root: ({ list, own }) => {
      const policies = { list: headersBy(list), own: headersBy(own) };
      const decorate: Decorate = (name) => (name === 'none' ? () => undefined : UseInterceptors(policies[name]));
      @Module({ controllers: [controllerOf(decorate)] })
      class AppModule {}
      return AppModule;
    },
  },
};

/** What a column asks of a contender. */
type Question = (contender: Contender, way: Way) => Promise<boolean>;

async function startOf({ root, setup }: Contender, way: Way, policies: Policies = WANTED): Promise<RunningApp> {
  return startApp(way, root(policies), setup?.(policies) ?? {});
}

/** The status that a page sees, or `undefined` where its browser tells it nothing. */
async function seen(app: RunningApp, origin: string, path: string, method = 'GET'): Promise<number | undefined> {
  try {
    return (await pageAt(origin).fetch(app.nest, path, { method })).status;
  } catch (error) {
    if (error instanceof CorsBlockedError) {
      return undefined;
    }
    throw error;
  }
}

const QUESTIONS: Readonly<Record<string, Question>> = {
  'a policy per route': async (contender, way) => {
    const app = await startOf(contender, way);
    const list = [await seen(app, ANYBODY, '/cats'), await seen(app, APP, '/cats')];
    const own = [await seen(app, ANYBODY, '/cats/1'), await seen(app, APP, '/cats/1')];
    return (
      String([list, own]) ===
      String([
        [200, 200],
        [undefined, 200],
      ])
    );
  },

  'a preflight has the policy of its route': async (contender, way) => {
    const app = await startOf(contender, way);
    const [rename, remove] = [await seen(app, APP, '/cats/1', 'PUT'), await app.preflight('/cats/1', 'DELETE', APP)];
    return rename === 200 && remove.cors['access-control-allow-origin'] === undefined;
  },

  "pages can read a guard's 401": async (contender, way) =>
    (await seen(await startOf(contender, way), APP, '/cats/mine')) === 401,

  'pages can read a 404': async (contender, way) =>
    (await seen(await startOf(contender, way), APP, '/nowhere')) === 404,

  "`'*'` with cookies stops the start": async (contender, way) => {
    try {
      await startOf(contender, way, BROKEN);
      return false;
    } catch {
      return true;
    }
  },

  'says why it refused': async (contender, way) => {
    const app = await startOf(contender, way);
    log.clear();
    const { body } = await app.preflight('/cats/1', 'PUT', ANYBODY);
    const said = [body, ...log.lines.map(({ message }) => message), await contender.why?.(app)];
    return said.some((text) => text?.includes('origin') === true);
  },
};

const README = await readFile(new URL('../../README.md', import.meta.url), 'utf8');

/** The rows of the README's table, as lists of cells. */
const [HEAD = [], , ...ROWS] = (/## Compared\n\n((?:\|.*\n)+)/.exec(README)?.[1] ?? '').split('\n').map((line) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim()),
);

describe('the comparison in the README', () => {
  it('has a row for each contender, and a column for each question', () => {
    expect(HEAD.slice(1)).toEqual(Object.keys(QUESTIONS));
    expect(ROWS.map(([name]) => name)).toEqual(expect.arrayContaining(Object.keys(CONTENDERS)));
  });

  const cells = Object.entries(CONTENDERS).flatMap(([name, contender]) =>
    Object.entries(QUESTIONS).flatMap(([title, question]) =>
      contender.ways.map((way) => ({ name, title, way, question, contender })),
    ),
  );

  it.each(cells)('tells the truth about $name on $way.platform: $title', async ({ name, title, way, ...cell }) => {
    const row = ROWS.find(([first]) => first === name);
    const answer = await cell.question(cell.contender, way);

    expect(row?.[HEAD.indexOf(title)]).toBe(answer ? 'yes' : 'no');
  });
});
