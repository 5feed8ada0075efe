// Runs the table and what is no exchange against one platform, and prints one line of JSON: what passed, and what did not and why.
import { deepStrictEqual } from 'node:assert';
import type { AddressInfo, Server } from 'node:net';
import type { INestApplication, LoggerService } from '@nestjs/common';
import { CorsConfigError, CorsService } from 'nestjs-cors';
import { CorsBlockedError, pageAt } from 'nestjs-cors/testing';
import { APP, AppModule, configure, MistakenModule, STRANGER } from './app.module.js';
import { exchanges, shared } from './exchanges.js';
import { send } from '../../support/http-client.js';

/** Creates an application on the platform at hand. */
export type CreateApp = (module: unknown, logger: LoggerService) => Promise<INestApplication>;

type Check = readonly [title: string, run: () => Promise<void>];

export async function run(create: CreateApp): Promise<void> {
  const errors: unknown[] = [];
  const failed: string[] = [];
  const unhandled = (error: unknown): void => void failed.push(`unhandled: ${String(error)}`);
  process.on('unhandledRejection', unhandled);
  process.on('warning', ({ name, message }) => {
    if (name !== 'ExperimentalWarning') {
      unhandled(`${name}: ${message}`);
    }
  });
  const app = await create(AppModule, keeper(errors));
  configure(app);
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  const checks: readonly Check[] = [...exchangeChecks(port), ...serviceChecks(app, port), mistakes(create)];
  for (const [title, check] of checks) {
    try {
      await check();
    } catch (error) {
      failed.push(`${title}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (errors.length > 0) {
    failed.push(`logged as errors: ${errors.map(String).join('\n')}`);
  }
  await app.close();
  console.log(JSON.stringify({ passed: checks.length - failed.length, failed }));
}

function exchangeChecks(port: number): readonly Check[] {
  return exchanges.map(({ title, asked, answer }) => [
    title,
    async () => {
      const { status, cors, body } = await send(port, asked);
      const expected = [answer.status].flat();
      const seen = {
        status: expected.includes(status) ? answer.status : status,
        cors,
        ...('body' in answer && { body }),
      };
      deepStrictEqual(seen, answer);
    },
  ]);
}

function serviceChecks(app: INestApplication, port: number): readonly Check[] {
  const cors = app.get(CorsService);
  const sees = async (origin: string, headers: Readonly<Record<string, string>>): Promise<void> => {
    deepStrictEqual((await send(port, { path: '/api/cats/1', origin })).cors, headers);
  };
  return [
    [
      'explain()',
      async () => {
        const { verdict, routes } = await cors.explain({ origin: APP, method: 'PUT', url: '/api/cats/1' });
        deepStrictEqual({ verdict, routes }, { verdict: 'allowed', routes: ['CatsController.update'] });
      },
    ],
    ['allows()', async () => deepStrictEqual(await cors.allows('https://a.partner.example', 'partners'), true)],
    [
      'pageAt()',
      async () => {
        deepStrictEqual(await (await pageAt(APP).fetch(app, '/api/cats/1', { method: 'PUT' })).text(), 'updated');
        const blocked = await pageAt(STRANGER)
          .fetch(app, '/api/cats/1')
          .catch((error: unknown) => error);
        deepStrictEqual(blocked instanceof CorsBlockedError, true);
      },
    ],
    [
      'update()',
      async () => {
        await cors.update((current) => ({ ...current, origin: STRANGER }));
        await sees(STRANGER, shared(STRANGER));
        await sees(APP, { vary: 'Origin' });
      },
    ],
    [
      'update() that is refused',
      async () => {
        const error = await cors.update({ origin: `${APP}/` }).catch((error: unknown) => error);
        deepStrictEqual(error instanceof CorsConfigError, true);
        await sees(STRANGER, shared(STRANGER));
      },
    ],
  ];
}

function mistakes(create: CreateApp): Check {
  return [
    'mistakes at init()',
    async () => {
      const app = await create(MistakenModule, keeper([]));
      const error = await app.init().catch((error: unknown) => error);
      deepStrictEqual(error instanceof CorsConfigError && error.issues.map(({ code }) => code), [
        'unknown-policy',
        'origin-not-serialized',
      ]);
    },
  ];
}

/** A logger that keeps errors, and forgets the rest. */
function keeper(errors: unknown[]): LoggerService {
  const keep = (message: unknown): void => void errors.push(message);
  return { log() {}, warn() {}, error: keep, fatal: keep };
}
