import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Query, Res } from '@nestjs/common';
import { Cors } from 'nestjs-cors';
import type { ServerResponse } from 'node:http';

import { ACAC, ACAO, APP } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { rawResponse, type AnyReply } from '../../support/raw-response.js';
import { expressOf, rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY } from '../../support/ways.js';

type Write = (response: ServerResponse) => unknown;

/** Node takes headers in more forms than its types say. */
function writeHead(...args: readonly unknown[]): Write {
  return (response) => Reflect.apply(response.writeHead, response, args);
}

const LIST = [
  ['X-App', 'yes'],
  ['ACCESS-control-allow-ORIGIN', '*'],
  ['vary', 'Accept'],
];
const OBJECT = { 'X-App': 'yes', 'access-control-ALLOW-origin': '*', VARY: 'Accept' };

/** The forms in which a head is written; each says X-App, an ACAO of its own and a Vary. */
const FORMS: Readonly<Record<string, Write>> = {
  'an object': writeHead(200, OBJECT),
  'an object after a reason': writeHead(200, 'Fine', OBJECT),
  // Node ignores the first.
  'an object after another one': writeHead(200, { 'X-App': 'no', Vary: 'Cookie' }, OBJECT),
  'a flat array': writeHead(200, LIST.flat()),
  'a flat array after a reason': writeHead(200, 'Fine', LIST.flat()),
  // Node takes these only where no header stands on the response yet.
  'an array of pairs': writeHead(200, LIST),
  'setHeader, then writeHead without headers': (response) => {
    setAll(response);
    response.writeHead(200);
  },
  'setHeader, then writeHead with a reason': (response) => {
    setAll(response);
    response.writeHead(200, 'Fine');
  },
  'setHeader, then an object': (response) => {
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Vary', 'Accept');
    response.writeHead(200, { 'X-App': 'yes' });
  },
  'setHeader, then a flat array': (response) => {
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Vary', 'Accept');
    response.writeHead(200, ['X-App', 'yes']);
  },
  'setHeader, and the first write': (response) => {
    setAll(response);
    response.write('first ');
  },
  flushHeaders: (response) => {
    setAll(response);
    response.flushHeaders();
  },
  end: setAll,
  setHeaders: (response) => response.setHeaders(new Map(Object.entries(OBJECT))),
};

function setAll(response: ServerResponse): void {
  for (const [name, value] of Object.entries(OBJECT)) {
    response.setHeader(name, value);
  }
}

@Controller()
@Cors({ origin: APP })
class HeadController {
  @Get('open') open(@Res() reply: AnyReply, @Query('form') form: string): void {
    const response = rawResponse(reply);
    FORMS[form]?.(response);
    response.end('done');
  }

  @Get('closed') @Cors(false) closed(@Res() reply: AnyReply, @Query('form') form: string): void {
    this.open(reply, form);
  }

  @Get('everyone') @Cors({ origin: '*' }) everyone(@Res() reply: AnyReply, @Query('form') form: string): void {
    this.open(reply, form);
  }

  @Get('status') status(@Res() reply: AnyReply): void {
    const response = rawResponse(reply);
    response.statusCode = 207;
    response.statusMessage = 'Several';
    response.end();
  }

  @Get('informational') informational(@Res() reply: AnyReply): void {
    const response = rawResponse(reply);
    response.writeContinue();
    response.writeProcessing();
    response.end();
  }

  @Get('again') again(@Res() reply: AnyReply): void {
    const response = rawResponse(reply);
    response.setHeader('X-App', 'first');
    response.writeHead(200);
    let second = 'it was taken';
    try {
      response.writeHead(500);
    } catch (error) {
      second = (error as Error).message;
    }
    response.end(second);
  }

  @Get('twice') twice(@Res() reply: AnyReply): void {
    const response = rawResponse(reply);
    response.writeHead(200, { 'X-App': 'first' });
    let second = 'it was taken';
    try {
      response.writeHead(500, { 'X-App': 'second' });
    } catch (error) {
      second = (error as NodeJS.ErrnoException).code ?? '';
    }
    response.end(second);
  }
}

describe.each(EVERY_WAY)('however the head is written, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers: [HeadController] }), {
      configure: (nest) => (way.isExpress ? expressOf(nest).disable('x-powered-by') : undefined),
    });
  });

  it('a second head is Node’s to refuse', async () => {
    const { body, cors } = await app.send({ path: '/again', origin: APP });
    expect(body).toBe('Cannot write headers after they are sent to the client');
    expect(cors).toEqual({ [ACAO]: APP, vary: 'Origin' });
  });

  it.each(Object.keys(FORMS))('the policy is what it says, and the rest is the app’s (%s)', async (form) => {
    const { status, cors, headers } = await app.send({ path: `/open?form=${encodeURIComponent(form)}`, origin: APP });
    expect(cors).toEqual({ [ACAO]: APP, vary: 'Accept, Origin' });
    expect([status, headers['x-app']]).toEqual([200, 'yes']);
  });

  it.each(Object.keys(FORMS))('a closed route stays closed, and keeps the app’s Vary (%s)', async (form) => {
    const { cors, headers } = await app.send({ path: `/closed?form=${encodeURIComponent(form)}`, origin: APP });
    expect([cors, headers['x-app']]).toEqual([{ vary: 'Accept' }, 'yes']);
  });

  it.each(Object.keys(FORMS))('what is for everyone does not vary by us (%s)', async (form) => {
    const { cors } = await app.send({ path: `/everyone?form=${encodeURIComponent(form)}`, origin: APP });
    expect(cors).toEqual({ [ACAO]: '*', vary: 'Accept' });
  });

  it('status and reason are the app’s', async () => {
    expect(await app.send({ path: '/status', origin: APP })).toMatchObject({ status: 207, cors: { [ACAO]: APP } });
  });

  it('informational responses before it do no harm', async () => {
    const { status, cors } = await app.send({ path: '/informational', origin: APP });
    expect([status, cors]).toEqual([200, { [ACAO]: APP, vary: 'Origin' }]);
  });

  it('a second head fails as it would without us', async () => {
    const { status, body, headers } = await app.send({ path: '/twice', origin: APP });
    expect([status, headers['x-app'], body]).toEqual([200, 'first', 'ERR_HTTP_HEADERS_SENT']);
  });

  it('nothing that the caller has passed is changed', async () => {
    const before = JSON.stringify([OBJECT, LIST]);
    for (const form of Object.keys(FORMS)) {
      await app.send({ path: `/open?form=${encodeURIComponent(form)}`, origin: APP });
    }
    expect(JSON.stringify([OBJECT, LIST])).toBe(before);
    expect(log.ofCors('error')).toEqual([]);
  });

  it('its headers may even be frozen', async () => {
    Object.freeze(OBJECT);
    const { cors } = await app.send({ path: '/open?form=an%20object', origin: APP });
    expect(cors).toEqual({ [ACAO]: APP, vary: 'Accept, Origin' });
    expect(cors).not.toHaveProperty(ACAC);
  });
});
