/** The playground says what a real application does: the same policies and requests, put to both. */
import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import fc from 'fast-check';
import { Cors, CorsConfigError, CorsModule } from 'nestjs-cors';
import { CorsBlockedError, pageAt, type CorsExchange } from 'nestjs-cors/testing';

import { readApplication } from '../../page/playground/code/application.js';
import { startApplication, type Application } from '../../page/playground/model/application.js';
import { exchange, type Outcome, type Sent } from '../../page/playground/model/exchange.js';
import { createApp } from '../support/running-app.js';
import { EVERY_WAY, EXPRESS, type Way } from '../support/ways.js';
import {
  codeOf,
  moduleOf,
  randomApplication,
  randomQuestion,
  withOneHandler,
  type RandomApplication,
} from './random-application.js';

/** Everything that CORS is about, and the status. */
interface Seen {
  readonly messages: readonly object[];
  readonly read: object | undefined;
  readonly blocked: object | undefined;
}

const CORS_HEADER = /^(?:access-control-.*|vary|etag)$/;

describe('the playground', () => {
  it.each(EVERY_WAY)('answers as pageAt() does with a real application: %s', async (_, way) => {
    // Several handlers at one URL are tried in the order of Express; Fastify has an order of its own.
    const applications = randomApplication(false).map((app) => (way.isExpress ? app : withOneHandler(app)));
    await fc.assert(
      fc.asyncProperty(
        applications,
        fc.array(randomQuestion(way.isExpress), { minLength: 6, maxLength: 6 }),
        async (app, questions) => {
          const model = attempt(() => startApplication(readApplication(codeOf(app))));
          await withRealApp(way, app, async (real) => {
            expect(mistakesOf(model)).toBe(mistakesOf(real));
            if (model instanceof Error || real instanceof Error) {
              return;
            }
            for (const { origin, url, init } of questions) {
              const foreseen = await attemptAsync(() => exchange(model, { origin, call: { url, init }, cookie: '' }));
              const seen = await attemptAsync(() => fetchReally(real, origin, url, init));
              expect(summary(foreseen)).toEqual(seen);
            }
          });
        },
      ),
      { numRuns: way.isExpress ? 15 : 8 },
    );
  });

  it('names the very mistakes that the application would be stopped by', async () => {
    await fc.assert(
      fc.asyncProperty(randomApplication(true), async (app) => {
        const model = attempt(() => startApplication(readApplication(codeOf(app))));
        await withRealApp(EXPRESS, app, async (real) => {
          expect(mistakesOf(model)).toBe(mistakesOf(real));
        });
      }),
      { numRuns: 25 },
    );
  });
});

describe('what is written without a value', () => {
  it.each([
    ['forRoot()', 'CorsModule.forRoot();', CorsModule.forRoot(), undefined],
    ['@Cors()', 'CorsModule.forRoot({})', CorsModule.forRoot({}), Reflect.apply(Cors, undefined, []) as ClassDecorator],
  ])('means the same as in the application: %s', async (_, root, imported, decorate) => {
    class C0 {
      a(): void {}
    }
    Get()(C0.prototype, 'a', Object.getOwnPropertyDescriptor(C0.prototype, 'a') ?? {});
    Controller()(C0);
    decorate?.(C0);
    class AppModule {}
    Module({ imports: [imported], controllers: [C0] })(AppModule);
    const code = `${root} ${decorate === undefined ? '' : '@Cors()'} @Controller() class C0 { @Get() a() {} }`;
    const model = attempt(() => startApplication(readApplication(code)));
    const real = await createApp(EXPRESS, AppModule);
    const failure = await real.init().then(
      () => ({}),
      (error: Error) => error,
    );
    await real.close();
    expect(mistakesOf(model)).toBe(mistakesOf(failure));
  });
});

type Real = Awaited<ReturnType<typeof createApp>>;

async function withRealApp(
  way: Way,
  app: RandomApplication,
  use: (real: Real | Error) => Promise<void>,
): Promise<void> {
  const real = await createApp(way, moduleOf(app));
  try {
    const failure = await real.init().then(
      () => undefined,
      (error: Error) => error,
    );
    await use(failure ?? real);
  } finally {
    await real.close();
  }
}

function attempt(start: () => Application): Application | Error {
  try {
    return start();
  } catch (error) {
    return error as Error;
  }
}

async function attemptAsync<T>(run: () => Promise<T>): Promise<T | string> {
  return run().catch((error: Error) => error.message);
}

/** Empty where there are none; anything but a `CorsConfigError` fails the test. */
function mistakesOf(started: object): string {
  if (started instanceof CorsConfigError) {
    return started.message;
  }
  if (started instanceof Error) {
    throw started;
  }
  return '';
}

async function fetchReally(app: Real, origin: string, url: string, init: Record<string, unknown>): Promise<Seen> {
  try {
    const response = await pageAt(origin).fetch(app, url, init);
    const { type, status, transcript } = response;
    const headers = linesOf(response.headers);
    await response.text();
    return { messages: transcript.map(messageOf), read: { type, status, headers }, blocked: undefined };
  } catch (error) {
    if (!(error instanceof CorsBlockedError)) {
      throw error;
    }
    const { step, message, transcript } = error;
    return { messages: transcript.map(messageOf), read: undefined, blocked: { step, message } };
  }
}

function messageOf({ request, response }: CorsExchange): object {
  const { pathname, search } = new URL(request.url);
  return {
    method: request.method,
    path: pathname + search,
    sent: [...request.headers].filter(([name]) => name !== 'accept-encoding'),
    status: response?.status,
    headers: linesOf(response?.headers ?? new Headers()),
  };
}

function summary(outcome: Outcome | string): Seen | string {
  if (typeof outcome === 'string') {
    return outcome;
  }
  const { sent, read, blocked } = outcome;
  return {
    messages: sent.map(summaryOf),
    read: read && {
      type: read.type,
      status: read.status,
      headers: linesOf(new Headers(read.headers.map(([k, v]) => [k, v]))),
    },
    blocked: blocked && { step: blocked.step, message: blocked.message },
  };
}

function summaryOf({ method, path, lines, answer }: Sent): object {
  return {
    method,
    path,
    sent: [...new Headers(lines.map(([k, v]) => [k, v]))].filter(([name]) => name !== 'accept-encoding'),
    status: answer.status,
    headers: linesOf(new Headers(answer.headers.map(([k, v]) => [k, v]))),
  };
}

/** Express adds an ETag of its own to what it sends. */
function linesOf(headers: Headers): (readonly [string, string])[] {
  return [...headers].filter(([name, value]) => CORS_HEADER.test(name) && !value.startsWith('W/'));
}
