import { beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Put } from '@nestjs/common';
import { Cors } from 'nestjs-cors';

import type { IncomingMessage } from 'node:http';

import { ACAC, ACAO, APP } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EXPRESS } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';
import { led, rewriteControllers as controllers, rewrites } from './rewriting-app.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const READABLE = { [ACAO]: APP, [ACAC]: 'true', vary: 'Origin' };
const WITHHELD = { vary: 'Origin' };

/** Another site's link: a browser sends no Origin with it. */
const LINK = { origin: undefined, headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } };

/** What a page can only send after a preflight, on an otherwise plain POST. */
const ANNOUNCED: readonly (readonly [name: string, value: string | readonly string[]])[] = [
  ['X-Requested-With', 'XMLHttpRequest'],
  ['X-CSRF-Token', '1'],
  ['X-HTTP-Method-Override', 'PUT'],
  ['X-Original-URL', '/private'],
  ['X-Forwarded-Anything', '1'],
  ['If-Match', '"1"'],
  ['Content-Type', `text/plain;${'x'.repeat(118)}`],
  ['Content-Type', 'text/plain;charset="utf-8"'],
  ['Content-Type', 'text/plain;(application/json)'],
  ['Content-Type', 'text/plain, application/json'],
  ['Content-Type', ['text/plain', 'application/json']],
  ['Content-Type', 'text/plain/x'],
  ['Content-Type', 'text /plain'],
  ['Content-Type', ''],
  ['Accept', 'application/json, "x"'],
  ['Accept-Language', 'de_DE'],
  ['Content-Language', 'x'.repeat(129)],
  ['Range', 'bytes=-5'],
  ['Range', 'bytes=5-4'],
  ['Range', 'bytes=0-1,3-4'],
];

/** What Chromium sends with a form's POST from another site, through a proxy or two. */
const FORM_POST = {
  accept:
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'accept-language': `de-DE,de;q=0.9${',en;q=0.8'.repeat(20)}`,
  'cache-control': 'max-age=0',
  'content-type': 'application/x-www-form-urlencoded',
  cookie: 'session=1',
  priority: 'u=0, i',
  referer: 'https://other.example/',
  'sec-ch-ua': '"Chromium";v="142"',
  'sec-fetch-dest': 'document',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-site': 'cross-site',
  'upgrade-insecure-requests': '1',
  'user-agent': 'Mozilla/5.0',
  'cf-ray': '1',
  forwarded: 'for=192.0.2.1',
  traceparent: '00-1-1-00',
  via: '1.1 proxy',
  'x-amzn-trace-id': 'Root=1',
  'x-forwarded-for': '192.0.2.1',
  'x-forwarded-proto': 'https',
  'x-real-ip': '192.0.2.1',
  'x-request-id': '1',
};

describe('a request that middleware leads to another handler, on Express', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(EXPRESS, rootModule({ controllers }), { configure: rewrites });
  });

  it.each([
    ['GET from an allowed origin', led('/private', { origin: APP }), READABLE, 'Private.get'],
    ['GET from another one', led('/private'), WITHHELD, 'Private.get'],
    ['GET without Origin', led('/private', { origin: undefined }), WITHHELD, 'Private.get'],
    [
      'a form’s POST',
      led('/private', { method: 'POST', headers: { 'content-type': 'text/plain; charset=utf-8' } }),
      WITHHELD,
      'Private.post',
    ],
    [
      'a form’s POST as a browser sends it',
      led('/private', { method: 'POST', headers: FORM_POST }),
      WITHHELD,
      'Private.post',
    ],
    [
      'a fetch with safelisted headers',
      led('/private', {
        method: 'POST',
        headers: {
          accept: 'text/*',
          'accept-language': 'de',
          'content-language': 'de-AT, en',
          'content-type': ' Text/Plain ; charset=utf-8',
          range: 'bytes=0-255',
        },
      }),
      WITHHELD,
      'Private.post',
    ],
    ['a link that becomes a POST', led('/private', { ...LINK, as: 'POST' }), WITHHELD, 'Private.post'],
    ['a POST that becomes a GET', led('/private', { method: 'POST', as: 'GET' }), WITHHELD, 'Private.get'],
    ['a method that the policy takes', led('/private', { method: 'PUT', origin: APP }), READABLE, 'Private.put'],
    [
      'a POST that becomes such a method',
      led('/private', { method: 'POST', as: 'PUT', origin: APP }),
      READABLE,
      'Private.put',
    ],
    [
      'JSON from an allowed origin',
      led('/private', { method: 'POST', origin: APP, headers: JSON_TYPE, body: '{}' }),
      READABLE,
      'Private.post',
    ],
    [
      'a function that says yes',
      led('/asking', { method: 'PUT', origin: APP }),
      { [ACAO]: APP, vary: 'Origin' },
      'Asking.put',
    ],
    ['a function that says no', led('/asking'), WITHHELD, 'Asking.get'],
    ['a closed handler', led('/closed'), {}, 'Closed.get'],
    ['a handler without a policy', led('/plain'), {}, 'Plain.get'],
    [
      'PUT from the app’s own origin',
      led('/private', { method: 'PUT', origin: 'http://shop.example', host: 'shop.example' }),
      WITHHELD,
      'Private.put',
    ],
    [
      'PUT from the same origin, says the browser',
      led('/private', { method: 'PUT', headers: { 'sec-fetch-site': 'same-origin' } }),
      WITHHELD,
      'Private.put',
    ],
    [
      'PUT by the user himself',
      led('/private', { method: 'PUT', headers: { 'sec-fetch-site': 'none' } }),
      WITHHELD,
      'Private.put',
    ],
    ['PUT by a program', led('/private', { method: 'PUT', origin: undefined }), WITHHELD, 'Private.put'],
  ])('carries the headers of the handler that runs: %s', async (_, asked, cors, handler) => {
    const answer = await app.send(asked);
    expect([answer.body, answer.cors, reached.at(-1)]).toEqual([handler, cors, handler]);
  });

  it.each([
    ['a method that a preflight asks about', led('/private', { method: 'PUT' })],
    ['such a method, that becomes a POST', led('/private', { method: 'PUT', as: 'POST' })],
    ['a POST that becomes such a method', led('/private', { method: 'POST', as: 'PUT' })],
    ['a method that the policy does not take', led('/private', { method: 'DELETE', origin: APP })],
    ['a POST that becomes one', led('/private', { method: 'POST', as: 'DELETE', origin: APP })],
    [
      'a method that the policy does not take, that becomes one that it takes',
      led('/private', { method: 'DELETE', as: 'PUT', origin: APP }),
    ],
    ['JSON', led('/private', { method: 'POST', headers: JSON_TYPE, body: '{}' })],
    [
      'a content type that only starts like a form’s',
      led('/private', { method: 'POST', headers: { 'content-type': 'text/plainer' } }),
    ],
    ['Authorization', led('/private', { headers: { authorization: 'Basic eA==' } })],
    ...ANNOUNCED.map(
      ([header, value]) =>
        [
          `${header}: ${String(value).slice(0, 40)}`,
          led('/private', { method: 'POST', headers: { [header]: value } }),
        ] as const,
    ),
    ['a header of a page’s on a GET', led('/private', { headers: { 'x-requested-with': 'fetch' } })],
    [
      'a fetch whose Accept is too long',
      led('/private', {
        headers: { accept: 'a'.repeat(129), 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'cross-site' },
      }),
    ],
    ['a link that becomes a DELETE', led('/private', { ...LINK, as: 'DELETE' })],
    [
      'PUT from the Host’s own origin, cross-site',
      led('/private', {
        method: 'PUT',
        origin: 'http://shop.example',
        host: 'shop.example',
        headers: { 'sec-fetch-site': 'cross-site' },
      }),
    ],
    ['PUT from a sandboxed frame', led('/private', { method: 'PUT', origin: 'null' })],
    [
      'PUT from another site, says the browser',
      led('/private', { method: 'PUT', origin: undefined, headers: { 'sec-fetch-site': 'cross-site' } }),
    ],
    [
      'PUT from another origin of the site',
      led('/private', { method: 'PUT', headers: { 'sec-fetch-site': 'same-site' } }),
    ],
    ['PUT, and a function that says no', led('/asking', { method: 'PUT' })],
    ['PUT, and a closed handler', led('/closed', { method: 'PUT', origin: APP })],
    ['PUT, and a handler without a policy', led('/plain', { method: 'PUT', origin: APP })],
    [
      'PUT, and a handler without a policy, where middleware has opened it by hand',
      led('/plain', { method: 'PUT', origin: APP, own: true }),
    ],
    ['a form’s POST, and a handler that enforces its policy', led('/enforcing', { method: 'POST' })],
  ])('is refused before guard and handler, as its preflight asked about another: %s', async (_, asked) => {
    const answer = await app.send(asked);
    expect([answer.status, answer.cors, reached]).toEqual([403, WITHHELD, []]);
    expect(JSON.parse(answer.body)).toEqual({ message: 'Forbidden', statusCode: 403 });
  });

  it('is judged by what was sent, and not by what middleware has written into its headers', async () => {
    const busy = await startApp(EXPRESS, rootModule({ controllers }), {
      configure: (nest) => {
        nest.use(({ headers }: IncomingMessage, _response: unknown, next: () => void) => {
          headers['x-tenant'] = 'acme';
          next();
        });
        rewrites(nest);
      },
    });
    const answer = await busy.send(led('/private', { method: 'POST' }));
    expect([answer.body, answer.cors]).toEqual(['Private.post', WITHHELD]);
  });

  it('is no stranger where it comes to the route it was for', async () => {
    const answer = await app.send(led('/public?and=more', { method: 'PUT' }));
    expect([answer.body, answer.cors]).toEqual(['Public.put', { [ACAO]: '*' }]);
    expect(log.ofCors()).toEqual([]);
  });

  it('that arrives nowhere keeps the policy it came with', async () => {
    const { status, cors } = await app.send(led('/nowhere', { path: '/private', origin: APP }));
    expect([status, cors]).toEqual([404, READABLE]);
  });
});

describe('a request that middleware leads to the same handler with other parameters, on Express', () => {
  const asked: string[] = [];

  @Controller('tenants/:tenant')
  @Cors({
    origin: (origin, { url, params }) => {
      asked.push(`${url.replace(/\?.*/, '')} ${String(params['tenant'])}`);
      return origin === APP && params['tenant'] === 'a';
    },
  })
  class Tenants {
    @Get() get(): string {
      return reach('get');
    }

    @Put() put(): string {
      return reach('put');
    }
  }

  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(EXPRESS, rootModule({ controllers: [Tenants] }), { configure: rewrites });
  });

  it.each([
    ['GET', 'a', 'b', 200, WITHHELD],
    ['GET', 'b', 'a', 200, { [ACAO]: APP, vary: 'Origin' }],
    ['PUT', 'b', 'a', 200, { [ACAO]: APP, vary: 'Origin' }],
    // The preflight has asked about a.
    ['PUT', 'a', 'b', 403, WITHHELD],
  ])('%s from %s to %s is judged with those that the handler gets', async (method, from, to, status, headers) => {
    asked.length = 0;
    const answer = await app.send({ method, path: `/tenants/${from}?to=/tenants/${to}`, origin: APP });
    expect([answer.status, answer.cors]).toEqual([status, headers]);
    expect(reached).toEqual(status === 403 ? [] : [method.toLowerCase()]);
    expect(asked).toEqual([`/tenants/${from} ${from}`, `/tenants/${to} ${to}`]);
    expect(log.ofCors('warn').join()).not.toContain('redirected');
  });

  it('is asked once where the target stays as it is', async () => {
    asked.length = 0;
    await app.send({ path: '/tenants/a?x', origin: APP });
    expect(asked).toEqual(['/tenants/a a']);
  });
});
