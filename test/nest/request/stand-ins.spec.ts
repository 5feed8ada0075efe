import { beforeAll, describe, expect, it } from '@jest/globals';
import { All, Controller, Post, type INestApplication } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { Cors } from 'nestjs-cors';
import { ServerResponse, type IncomingMessage } from 'node:http';

import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY, type Way } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const STRANGER = 'https://stranger.example';

@Controller('closed')
@Cors(false)
class ClosedController {
  @Post() post(): string {
    return reach('closed');
  }
}

/** No policy at all: what shares the first URL has answered the preflight. */
@Controller('plain')
class PlainController {
  @Post() post(): string {
    return reach('plain');
  }
}

@Controller('open')
@Cors({ origin: '*' })
class OpenController {
  @Post() post(): string {
    return reach('open');
  }

  @Post('also') also(): string {
    return reach('also');
  }
}

@Controller('any')
@Cors({ origin: '*', methods: ['PUT'] })
class AnyController {
  @All() all(): string {
    return reach('any');
  }
}

const controllers = [ClosedController, PlainController, OpenController, AnyController];

type Handle = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
type Message = IncomingMessage | ServerResponse;

/** Objects that middleware hands on in the place of request or response. */
const SAME = <T extends Message>(message: T): T => message;
const derived = <T extends Message>(message: T): T => Object.create(message) as T;
const twice = <T extends Message>(message: T): T => derived(derived(message));
const proxied = <T extends Message>(message: T): T => new Proxy(message, {});
const bound = <T extends Message>(message: T): T =>
  new Proxy(message, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
const fresh = (response: ServerResponse, request: IncomingMessage): ServerResponse =>
  Object.setPrototypeOf(new ServerResponse(request), Reflect.getPrototypeOf(response));

type StandIn = readonly [
  title: string,
  request: (request: IncomingMessage) => IncomingMessage,
  response: (response: ServerResponse, request: IncomingMessage) => ServerResponse,
];

const STAND_INS: readonly StandIn[] = [
  ['the request and the response themselves', SAME, SAME],
  ['a derived response', SAME, derived],
  ['a derived request', derived, SAME],
  ['a derived request and a derived response', derived, derived],
  ['derived ones of derived ones', twice, twice],
  ['a proxy of the response', SAME, proxied],
  ['a proxy of the request', proxied, SAME],
  ['proxies of both', proxied, proxied],
  ['proxies whose methods are bound', bound, bound],
  ['a response of its own for the request', SAME, fresh],
  ['a response of its own for a derived request', derived, fresh],
  ['a response of its own for a proxy', proxied, fresh],
];

/** How an application is given a request again: what each platform has for it. */
function dispatchersOf(way: Way): readonly (readonly [string, (nest: INestApplication) => Handle])[] {
  if (!way.isExpress) {
    return [
      [
        'fastify.routing',
        (nest) => (request, response) => {
          const fastify: FastifyInstance = nest.getHttpAdapter().getInstance();
          fastify.routing(request, response);
        },
      ],
    ];
  }
  const expressOf = (nest: INestApplication): Handle & { handle: Handle; router: Handle & { handle: Handle } } =>
    nest.getHttpAdapter().getInstance();
  return [
    [
      'app.handle',
      (nest) =>
        (...args) =>
          expressOf(nest).handle(...args),
    ],
    [
      'the app as a function',
      (nest) =>
        (...args) =>
          expressOf(nest)(...args),
    ],
    [
      'app.router',
      (nest) =>
        (...args) =>
          expressOf(nest).router(...args),
    ],
    [
      'app.router.handle',
      (nest) =>
        (...args) =>
          expressOf(nest).router.handle(...args),
    ],
  ];
}

interface Led {
  readonly url: string;
  readonly method?: string;
}

/** An application whose middleware leads each request to another target, by other objects than it was given. */
async function leadingApp(way: Way, dispatcher: (nest: INestApplication) => Handle): Promise<LeadingApp> {
  const leading = new LeadingApp();
  leading.app = await startApp(way, rootModule({ controllers }), {
    configure: (nest) => nest.use(leading.middlewareFor(dispatcher(nest))),
  });
  return leading;
}

class LeadingApp {
  app: RunningApp | undefined;
  #next: { readonly standIn: StandIn; readonly to: Led } | undefined;

  middlewareFor(dispatch: Handle): Handle {
    return (request, response, next) => {
      const led = this.#next;
      this.#next = undefined;
      if (led === undefined) {
        next();
        return;
      }
      const [, requestOf, responseOf] = led.standIn;
      const later = requestOf(request);
      const answer = responseOf(response, request);
      later.url = led.to.url;
      // What Express takes a derived request's prototype away from keeps nothing but its own.
      later.method = led.to.method ?? request.method ?? '';
      try {
        dispatch(later, answer, () => undefined);
      } catch {
        // The platform cannot write to what was handed on.
      }
      // Whatever became of it, the client hears of it: the handlers are the witness.
      setImmediate(() => setImmediate(() => response.destroy()));
    };
  }

  /** Resolves with the handlers that ran. */
  async send(
    standIn: StandIn,
    to: Led,
    {
      method = 'POST',
      path = '/open',
      headers = { 'x-a': '1' },
    }: { method?: string; path?: string; headers?: Record<string, string> } = {},
  ): Promise<readonly string[]> {
    this.#next = { standIn, to };
    reached.length = 0;
    await this.app?.send({ method, path, origin: STRANGER, headers }).catch(() => undefined);
    return [...reached];
  }
}

describe.each(EVERY_WAY)('a request that is led elsewhere, on %s', (_, way) => {
  describe.each(dispatchersOf(way))('by %s', (_name, dispatcher) => {
    let leading: LeadingApp;
    beforeAll(async () => {
      leading = await leadingApp(way, dispatcher);
    });

    it.each(STAND_INS)('with %s, does not run a closed handler', async (...standIn) => {
      expect(await leading.send(standIn, { url: '/closed' })).toEqual([]);
    });

    it.each(STAND_INS)('with %s, does not run a handler without a policy', async (...standIn) => {
      expect(await leading.send(standIn, { url: '/plain' })).toEqual([]);
    });

    it.each(STAND_INS)('with %s, is not sent as one method and judged as another', async (...standIn) => {
      const sent = { method: 'PUT', path: '/any', headers: {} };
      expect(await leading.send(standIn, { url: '/closed', method: 'POST' }, sent)).toEqual([]);
      expect(await leading.send(standIn, { url: '/any', method: 'DELETE' }, sent)).toEqual([]);
    });

    it.each(STAND_INS)('with %s, runs a handler that allows it', async (...standIn) => {
      expect(await leading.send(standIn, { url: '/open/also' })).toEqual(['also']);
    });
  });
});
