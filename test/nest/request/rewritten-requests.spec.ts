import { beforeAll, describe, expect, it } from '@jest/globals';

import { ACAC, ACAO, APP } from '../../cases/cors-case.js';
import { log } from '../../support/log-capture.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EXPRESS } from '../../support/ways.js';
import { reached } from '../../support/witness.js';
import { led, rewriteControllers as controllers, rewrites } from './rewriting-app.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const READABLE = { [ACAO]: APP, [ACAC]: 'true', vary: 'Origin' };
const WITHHELD = { vary: 'Origin' };

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
      led('/plain', { method: 'PUT', origin: APP, headers: { 'x-own': '1' } }),
    ],
    ['a form’s POST, and a handler that enforces its policy', led('/enforcing', { method: 'POST' })],
  ])('is refused before guard and handler, as its preflight asked about another: %s', async (_, asked) => {
    const answer = await app.send(asked);
    expect([answer.status, answer.cors, reached]).toEqual([403, WITHHELD, []]);
    expect(JSON.parse(answer.body)).toEqual({ message: 'Forbidden', statusCode: 403 });
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
