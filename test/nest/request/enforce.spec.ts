import { beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Delete, Get, Options, Post, Put, UseGuards } from '@nestjs/common';
import { Cors, CorsService } from 'nestjs-cors';
import type { IncomingMessage } from 'node:http';

import { ACAM, ACAO, APP, PREFLIGHT_VARY, OPTIONS_VARY } from '../../cases/cors-case.js';
import type { Asked } from '../../support/http-client.js';
import { log } from '../../support/log-capture.js';
import { requestText, sendBytes } from '../../support/raw-socket.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const OTHER = 'https://other.example';
const guard = { canActivate: () => reach('guard') !== '' };

class Verbs {
  @Get() get(): string {
    return reach('get');
  }

  @Post() post(@Body() _body: unknown): string {
    return reach('post');
  }

  @Put() put(): string {
    return reach('put');
  }

  @Delete() delete(): string {
    return reach('delete');
  }

  @Options() options(): string {
    return reach('options');
  }
}

@Controller('named')
@UseGuards(guard)
@Cors({ origin: APP, methods: ['PUT'], enforce: true })
class Named extends Verbs {}

@Controller('auto')
@Cors({ origin: APP, enforce: true })
class Auto extends Verbs {}

@Controller('everyone')
@Cors({ origin: '*', methods: ['PUT'], enforce: true })
class Everyone extends Verbs {}

@Controller('open')
@Cors({ origin: '*', enforce: true })
class Open extends Verbs {}

@Controller('closed')
@Cors({ origin: false, enforce: true })
class Closed extends Verbs {}

@Controller('asking')
@Cors({ origin: async (origin) => Promise.resolve(origin === APP), enforce: true })
class Asking extends Verbs {}

@Controller('loose')
@Cors({ origin: APP })
class Loose extends Verbs {}

const controllers = [Named, Auto, Everyone, Open, Closed, Asking, Loose];

const OWN = { method: 'POST', origin: 'http://shop.example', host: 'shop.example' } as const;

function site(value: string | readonly string[], asked: Asked = {}): Asked {
  return { ...asked, headers: { ...asked.headers, 'sec-fetch-site': value } };
}

/** By the first tests, in their order: what passes whatever the policy says. */
const PASSES: readonly (readonly [string, Asked])[] = [
  ['same-origin, says the browser, whatever Origin says', site('same-origin', { method: 'POST', origin: OTHER })],
  ['none, says the browser: typed in, a bookmark', site('none', { method: 'POST', origin: 'null' })],
  ['GET without Origin: a link', site('cross-site')],
  ['HEAD without Origin', site('cross-site', { method: 'HEAD' })],
  ['POST without either: no browser', { method: 'POST' }],
  ['the Host’s own origin', { method: 'POST', origin: 'http://shop.example', host: 'shop.example' }],
  ['with a port', { method: 'POST', origin: 'http://shop.example:3000', host: 'shop.example:3000' }],
  ['with the default port in Host', { method: 'POST', origin: 'http://shop.example', host: 'shop.example:80' }],
  [
    'with the default port of https, behind a proxy',
    { method: 'POST', origin: 'https://shop.example', host: 'shop.example:443' },
  ],
  ['with the Host in capitals', { method: 'POST', origin: 'https://shop.example', host: 'SHOP.example' }],
  ['an IPv6 address', { method: 'POST', origin: 'http://[::1]:3000', host: '[::1]:3000' }],
  ['an IPv6 address with the default port in Host', { method: 'POST', origin: 'http://[::1]', host: '[::1]:80' }],
  ['the trailing dot of a full name', { method: 'POST', origin: 'http://shop.example.', host: 'shop.example.' }],
  ['an allowed origin', { method: 'PUT', origin: APP }],
  ['an allowed origin, cross-site', site('cross-site', { method: 'PUT', origin: APP })],
  ['GET from an allowed origin', { origin: APP }],
];

const REFUSED: readonly (readonly [string, Asked])[] = [
  ['GET from another origin', { origin: OTHER }],
  ['GET with an empty Origin, which no browser sends', { origin: '' }],
  ['POST with an empty Origin', { method: 'POST', origin: '' }],
  ['a cross-site GET with an empty Origin', site('cross-site', { origin: '' })],
  ['HEAD from another origin', { method: 'HEAD', origin: OTHER }],
  ['POST from another origin', { method: 'POST', origin: OTHER }],
  ['a sandboxed frame', { method: 'POST', origin: 'null' }],
  ['null, as a Host', { method: 'POST', origin: 'null', host: 'null' }],
  ['another origin of the site', site('same-site', { method: 'PUT', origin: OTHER })],
  ['a cross-site POST without Origin', site('cross-site', { method: 'POST' })],
  ['a same-site DELETE without Origin', site('same-site', { method: 'DELETE' })],
  ['a value of Sec-Fetch-Site that no browser sends', site('SAME-ORIGIN', { method: 'POST', origin: OTHER })],
  ['POST without Origin, from a value that no browser sends', site('Cross-Site', { method: 'POST' })],
  ['POST without Origin, from an empty value', site('', { method: 'POST' })],
  ['the Host’s own origin, cross-site: the http page of an https server', site('cross-site', OWN)],
  ['the Host’s own origin, same-site', site('same-site', OWN)],
  ['GET from the Host’s own origin, cross-site', site('cross-site', { ...OWN, method: 'GET' })],
  ['the Host’s own origin, and an empty value', site('', OWN)],
  ['the Host’s own origin, and a value of tomorrow’s', site('same-party', OWN)],
  ['the Host’s own origin, and a parameter', site('same-origin;x', OWN)],
  ['the Host’s own origin, and several values', site(['same-origin', 'cross-site'], OWN)],
  ['the Host’s own origin, and one value twice', site(['same-origin', 'same-origin'], OWN)],
  ['the Host’s own origin, and values in one line', site('none, same-origin', OWN)],
  ['an app’s origin of the Host’s name', { method: 'POST', origin: 'capacitor://localhost', host: 'localhost' }],
  ['an extension’s', { method: 'POST', origin: 'chrome-extension://shop.example', host: 'shop.example' }],
  ['the Host without its trailing dot', { method: 'POST', origin: 'http://shop.example.', host: 'shop.example' }],
  ['an Origin in capitals', { method: 'POST', origin: 'http://SHOP.example', host: 'SHOP.example' }],
  ['a user in front of the Host', { method: 'POST', origin: 'http://shop.example', host: 'me@shop.example' }],
  ['a user in front of both', { method: 'POST', origin: 'http://me@shop.example', host: 'me@shop.example' }],
  ['a path after both', { method: 'POST', origin: 'http://shop.example/', host: 'shop.example/' }],
  ['an Origin with a path', { method: 'POST', origin: 'http://shop.example/', host: 'shop.example' }],
  ['two Origins', { method: 'POST', headers: { origin: ['http://shop.example', OTHER] }, host: 'shop.example' }],
  ['one Origin twice', { method: 'POST', headers: { origin: [OWN.origin, OWN.origin] }, host: OWN.host }],
  ['an IPv6 address without its brackets', { method: 'POST', origin: 'http://::1', host: '::1' }],
  ['an empty Host', { method: 'POST', origin: 'http://', host: '' }],
  ['another port of the host', { method: 'POST', origin: 'http://shop.example:81', host: 'shop.example' }],
  [
    'another host with this one in front',
    { method: 'POST', origin: 'http://shop.example.evil.example', host: 'shop.example' },
  ],
  ['the port of https under http', { method: 'POST', origin: 'http://shop.example', host: 'shop.example:443' }],
  ['the host as a path', { method: 'POST', origin: 'http://evil.example/://shop.example', host: 'shop.example' }],
  ['what is no origin', { method: 'POST', origin: 'shop.example', host: 'shop.example' }],
  ['a method that the policy does not take', { method: 'DELETE', origin: APP }],
  ['POST, which the policy does not take either', { method: 'POST', origin: APP }],
  ['OPTIONS that is no preflight', { method: 'OPTIONS', origin: OTHER }],
];

describe.each(EVERY_WAY)('an enforced policy, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(
      way,
      rootModule({ controllers }, { paths: [{ path: '/files/*any', policy: { origin: APP, enforce: true } }] }),
      {
        configure: (nest) =>
          nest.use((_request: IncomingMessage, _response: unknown, next: () => void) => {
            reach('middleware');
            next();
          }),
      },
    );
  });

  it.each(PASSES)('lets pass: %s', async (_, asked) => {
    const answer = await app.send({ path: '/named', ...asked });
    expect(answer.status).toBe(asked.method === 'POST' ? 201 : 200);
    expect(answer.cors).toEqual(asked.origin === APP ? { [ACAO]: APP, vary: 'Origin' } : { vary: 'Origin' });
    expect(reached).toHaveLength(3);
  });

  it.each(REFUSED)('refuses before the app runs: %s', async (_, asked) => {
    const { status, cors, body, headers } = await app.send({ path: '/named', ...asked });
    const vary = asked.method === 'OPTIONS' ? OPTIONS_VARY : 'Origin';
    expect([status, cors, reached]).toEqual([403, { vary }, []]);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(body).toBe(asked.method === 'HEAD' ? '' : '{"message":"Forbidden","statusCode":403}');
  });

  it.each([
    ['a closed route, to all others', { path: '/closed', origin: APP }, 403],
    [
      'a closed route, not to its own pages',
      { path: '/closed', origin: 'http://own.example', host: 'own.example' },
      200,
    ],
    ['everyone’s origin with a method that is not taken', { path: '/everyone', method: 'DELETE', origin: OTHER }, 403],
    ['not everyone’s origin with one that is', { path: '/everyone', method: 'PUT', origin: OTHER }, 200],
    ['not null, where everyone may', { path: '/everyone', origin: 'null' }, 200],
    [
      'a cross-site POST without Origin, even where everyone may but not POST',
      site('cross-site', { path: '/everyone', method: 'POST' }),
      403,
    ],
    ['no method that auto serves', { path: '/auto', method: 'DELETE', origin: APP }, 200],
    [
      'a cross-site POST without Origin, which names nobody',
      site('cross-site', { path: '/open', method: 'POST' }),
      403,
    ],
    [
      'not one with an Origin, where everyone may',
      site('cross-site', { path: '/open', method: 'POST', origin: OTHER }),
      201,
    ],
    ['an origin that a function refuses', { path: '/asking', origin: OTHER }, 403],
    ['not one that it allows', { path: '/asking', method: 'POST', origin: APP }, 201],
    ['what paths enforce', { path: '/files/a.txt', origin: OTHER }, 403],
    ['nothing without enforce', { path: '/loose', method: 'DELETE', origin: OTHER }, 200],
  ])('refuses %s', async (_, asked, status) => {
    expect((await app.send(asked)).status).toBe(status);
  });

  it.each([
    ['/named', 'POST', APP, 'refused', 'method', 'method-not-allowed'],
    ['/named', 'DELETE', APP, 'refused', 'method', 'method-not-allowed'],
    ['/named', 'GET', OTHER, 'refused', 'origin', 'origin-not-allowed'],
    ['/everyone', 'POST', OTHER, 'refused', 'method', 'method-not-allowed'],
    ['/closed', 'GET', APP, 'refused', 'origin', 'closed'],
    ['/asking', 'POST', OTHER, 'refused', 'origin', 'origin-not-allowed'],
    ['/files/a.txt', 'GET', OTHER, 'refused', 'origin', 'origin-not-allowed'],
    ['/named', 'GET', APP, 'allowed', undefined, undefined],
    ['/named', 'PUT', APP, 'allowed', undefined, undefined],
    ['/everyone', 'GET', OTHER, 'allowed', undefined, undefined],
    ['/asking', 'POST', APP, 'allowed', undefined, undefined],
  ])('is explained: %s %s from %s', async (url, method, origin, verdict, step, reason) => {
    const answer = await app.send({ path: url, method, origin });
    const question = { url, method, origin, phase: 'request' } as const;
    const found = await app.nest.get(CorsService).explain(question, { askResolvers: true });
    expect(found).toMatchObject({ verdict, step, reason, status: verdict === 'refused' ? answer.status : undefined });
    const headers = Object.entries(found.headers).map(([name, value]) => [name.toLowerCase(), value]);
    expect(Object.fromEntries(headers)).toEqual(answer.cors);
    expect(answer.status === 403).toBe(verdict === 'refused');
  });

  it('is not said to answer its own pages with 403', async () => {
    const question = { url: '/named', method: 'POST', origin: OWN.origin, host: OWN.host, phase: 'request' } as const;
    const found = await app.nest.get(CorsService).explain(question);
    expect(found).toMatchObject({ verdict: 'refused', status: undefined, reason: 'origin-not-allowed' });
  });

  it('compares with the Host as it came, whatever the target says', async () => {
    const [absolute, twice] = await Promise.all([
      sendBytes(app.port, requestText('GET http://shop.example/named', 'Host: other.example', `Origin: ${OWN.origin}`)),
      sendBytes(
        app.port,
        requestText('GET /named', 'Host: other.example', `Host: ${OWN.host}`, `Origin: ${OWN.origin}`),
      ),
    ]);
    expect(absolute.map(({ status }) => status)).toEqual([403]);
    // Node takes the first of several, or refuses the request.
    expect([[400], [403]]).toContainEqual(twice.map(({ status }) => status));
  });

  it('does not read the body that it refuses', async () => {
    const [answer] = await sendBytes(
      app.port,
      requestText('POST /named', `Origin: ${OTHER}`, 'Content-Type: application/json', 'Content-Length: 1000000') + '{',
    );
    expect([answer?.status, reached]).toEqual([403, []]);
  });

  it('judges no preflight, but answers it', async () => {
    const { status, cors } = await app.preflight('/named', 'PUT', APP);
    expect([status, cors]).toEqual([204, { [ACAO]: APP, [ACAM]: 'PUT', vary: PREFLIGHT_VARY }]);
  });

  it('says why in the log only, without a word of the client’s', async () => {
    log.clear();
    await app.send({ path: '/named', method: 'POST', origin: 'https://x.example/é' });
    expect(log.ofCors('warn').join()).not.toMatch(/x\.example|[^ -~]/);
  });
});

describe.each(EVERY_WAY)('the log about enforced policies, on %s', (_, way) => {
  it('names the route, and at most once a minute', async () => {
    const app = await startApp(way, rootModule({ controllers }));
    log.clear();
    for (const path of ['/named', '/named', '/closed', '/named']) {
      await app.send({ path, method: 'POST', origin: OTHER });
    }
    expect(log.ofCors('warn')).toEqual([
      'Named.post: a cross-origin request was refused with 403 because its policy is enforced and does not allow this origin or this method (origin-not-allowed, origin is written by Named)',
      expect.stringMatching(/^Closed\.post: .* \(closed, origin is written by Closed\)$/),
    ]);
  });
});
