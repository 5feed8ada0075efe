import { beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Post, Put } from '@nestjs/common';
import fc from 'fast-check';
import { Cors } from 'nestjs-cors';
import { connect } from 'node:net';

import { ACAH, ACAM, ACAO, APP, PREFLIGHT_VARY, OPTIONS_VARY } from '../../cases/cors-case.js';
import type { Answer } from '../../support/http-client.js';
import { log } from '../../support/log-capture.js';
import { requestText, sendBytes } from '../../support/raw-socket.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { BOTH_PLATFORMS } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const OTHER = 'https://other.example';
const WITHHELD = { vary: 'Origin' };
const REFUSED = { vary: PREFLIGHT_VARY };
const READABLE = { [ACAO]: APP, vary: 'Origin' };
const PASSED = { [ACAO]: APP, [ACAM]: 'GET, HEAD, PUT, POST', vary: PREFLIGHT_VARY };

@Controller('cats')
@Cors({
  origin: [
    APP,
    'https://*.example.org',
    /https:\/\/pr-\d+\.example\.net/,
    async (origin) => Promise.resolve(origin === 'https://asked.example'),
  ],
})
class CatsController {
  @Get() list(): string {
    return reach('list');
  }

  @Put() update(): string {
    return reach('update');
  }

  @Post() create(@Body() body: unknown): string {
    return reach(`create ${JSON.stringify(body)}`);
  }
}

const seen = ({ status, cors }: Answer) => [status, cors];

describe.each(BOTH_PLATFORMS)('whatever bytes come in, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, rootModule({ controllers: [CatsController] }));
  });

  async function bytes(line: string, ...headers: readonly string[]): Promise<Answer> {
    const [answer, ...more] = await sendBytes(app.port, requestText(line, ...headers));
    expect(more).toEqual([]);
    if (answer === undefined) {
      throw new Error('there was no answer');
    }
    return answer;
  }

  it.each([
    ['empty', 'Origin:'],
    ['blank', 'Origin:   \t '],
    ['not ASCII', 'Origin: https://\xe4pp.example.com'],
    ['UTF-8', `Origin: ${Buffer.from('https://äpp.example.com').toString('latin1')}`],
    ['the highest byte', 'Origin: \xff\xfe'],
    ['with a tab', `Origin: ${APP}\t${APP}`],
    ['15 KB', `Origin: https://${'a.'.repeat(7500)}example.org`],
    ['15 KB of dots', `Origin: https://${'.'.repeat(15_000)}`],
    ['15 KB for an expression', `Origin: https://pr-${'1'.repeat(15_000)}`],
    ['a list', `Origin: ${APP}, ${OTHER}`],
    ['a path', `Origin: ${APP}/../`],
    ['JSON', 'Origin: {"a":1}'],
    ['a prototype’s name', 'Origin: __proto__'],
  ])('an Origin that is %s is refused, and the request goes on', async (_, header) => {
    expect(seen(await bytes('GET /cats', header))).toEqual([200, WITHHELD]);
    expect(reached).toEqual(['list']);
    const preflight = await bytes('OPTIONS /cats', header, 'Access-Control-Request-Method: PUT');
    // Nothing is announced without an Origin: Node has the header as an empty one, which no policy allows.
    expect(seen(preflight)).toEqual([403, REFUSED]);
    expect(log.complaints).toEqual([]);
  });

  it('two Origin lines are none that anybody allows', async () => {
    for (const second of [APP, OTHER, '']) {
      expect(seen(await bytes('GET /cats', `Origin: ${APP}`, `oRiGiN: ${second}`))).toEqual([
        200,
        expect.not.objectContaining({ [ACAO]: OTHER }),
      ]);
    }
    expect(seen(await bytes('GET /cats', `Origin: ${APP}`, `Origin: ${APP}`))).toEqual([200, WITHHELD]);
  });

  it.each([
    ['missing', []],
    ['empty', ['Access-Control-Request-Method:']],
    ['two lines', ['Access-Control-Request-Method: PUT', 'Access-Control-Request-Method: PUT']],
    ['in other letters', ['Access-Control-Request-Method: put']],
    ['not ASCII', ['Access-Control-Request-Method: P\xdcT']],
    ['with a tab', ['Access-Control-Request-Method: PUT\tX']],
    ['15 KB', [`Access-Control-Request-Method: ${'P'.repeat(15_000)}`]],
    ['a prototype’s name', ['Access-Control-Request-Method: constructor']],
    ['forbidden', ['Access-Control-Request-Method: CONNECT']],
  ])('an Access-Control-Request-Method that is %s is refused, or no preflight', async (what, headers) => {
    const answer = await bytes('OPTIONS /cats', `Origin: ${APP}`, ...headers);
    expect(seen(answer)).toEqual(what === 'missing' ? [404, { ...READABLE, vary: OPTIONS_VARY }] : [403, REFUSED]);
    expect([reached, log.complaints]).toEqual([[], []]);
  });

  it.each([
    ['empty', ['Access-Control-Request-Headers:'], PASSED],
    [
      'two lines',
      ['Access-Control-Request-Headers: x-a', 'Access-Control-Request-Headers: x-b'],
      { ...PASSED, [ACAH]: 'x-a, x-b' },
    ],
    [
      '15 KB of one name',
      [`Access-Control-Request-Headers: ${'x'.repeat(15_000)}`],
      { ...PASSED, [ACAH]: 'x'.repeat(15_000) },
    ],
    ['15 KB of commas', [`Access-Control-Request-Headers: ${','.repeat(15_000)}`], REFUSED],
    ['7 500 names', [`Access-Control-Request-Headers: ${'x,'.repeat(7_500)}`], REFUSED],
    ['not ASCII', ['Access-Control-Request-Headers: x-\xe4'], REFUSED],
    ['a header of its own', ['Access-Control-Request-Headers: x-a: b'], REFUSED],
    [
      'prototypes’ names',
      ['Access-Control-Request-Headers: __proto__,constructor'],
      { ...PASSED, [ACAH]: '__proto__, constructor' },
    ],
  ])('Access-Control-Request-Headers that are %s', async (_, headers, cors) => {
    const answer = await bytes('OPTIONS /cats', `Origin: ${APP}`, 'Access-Control-Request-Method: PUT', ...headers);
    expect(seen(answer)).toEqual([cors === REFUSED ? 403 : 204, cors]);
    expect([reached, log.complaints]).toEqual([[], []]);
  });

  it.each([
    ['folded', [`Origin: https:\r\n //app.example.com`]],
    ['with a blank before the colon', [`Origin : ${APP}`]],
    ['with a NUL', [`Origin: ${APP}\0`]],
    ['with a DEL', [`Origin: ${APP}\x7f`]],
    ['with an escape', ['Origin: \x1b[31m']],
    ['with a bare carriage return', [`Origin: ${APP}\rX-A: b`]],
    ['17 KB', [`Origin: ${'a'.repeat(17_000)}`]],
  ])('a header line that Node does not take never reaches us: %s', async (_, headers) => {
    const answer = await bytes('GET /cats', ...headers);
    expect([400, 431]).toContain(answer.status);
    expect([answer.cors, reached, log.complaints]).toEqual([{}, [], []]);
    expect(seen(await bytes('GET /cats', `Origin: ${APP}`))).toEqual([200, READABLE]);
  });

  it('in a pipeline each answer has its own headers', async () => {
    const origins = [APP, OTHER, undefined, 'https://a.example.org', 'null', APP];
    const requests = origins.map((origin, index) => {
      const connection = index === origins.length - 1 ? 'close' : 'keep-alive';
      const header = origin === undefined ? [] : [`Origin: ${origin}`];
      return index === 3
        ? requestText('OPTIONS /cats', ...header, 'Access-Control-Request-Method: PUT', 'Connection: keep-alive')
        : requestText('GET /cats', ...header, `Connection: ${connection}`);
    });
    const answers = await sendBytes(app.port, requests.join(''));
    expect(answers.map(seen)).toEqual([
      [200, READABLE],
      [200, WITHHELD],
      [200, WITHHELD],
      [204, { ...PASSED, [ACAO]: 'https://a.example.org' }],
      [200, WITHHELD],
      [200, READABLE],
    ]);
  });

  it('after a refused preflight with a body, the connection goes on with the next request', async () => {
    const preflight = requestText(
      'OPTIONS /cats',
      `Origin: ${OTHER}`,
      'Access-Control-Request-Method: PUT',
      'Content-Length: 11',
      'Connection: keep-alive',
    );
    const answers = await sendBytes(app.port, `${preflight}hello world${requestText('GET /cats', `Origin: ${APP}`)}`);
    expect(answers.map(seen)).toEqual([
      [403, REFUSED],
      [200, READABLE],
    ]);
  });

  it('who goes away in the middle does no harm', async () => {
    for (const part of [
      'GET /cats HT',
      `GET /cats HTTP/1.1\r\nOrigin: ${APP}`,
      requestText('POST /cats', `Origin: ${APP}`, 'Content-Length: 10') + '{',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(app.port, '127.0.0.1', () => {
          socket.write(part, 'latin1', () => socket.destroy());
        });
        socket.once('close', () => resolve());
      });
    }
    expect(seen(await bytes('GET /cats', `Origin: ${APP}`))).toEqual([200, READABLE]);
    expect(log.ofCors()).toEqual([]);
  });

  it('and whatever else: no 500, no exception, no origin allowed that is none of the policy’s', async () => {
    const value = fc
      .array(
        fc.oneof(
          fc.constantFrom(APP, 'https://', '.example.org', ',', ' ', 'PUT', 'x-a', '\t', 'null', '*'),
          fc
            .integer({ min: 33, max: 255 })
            .filter((code) => code !== 127)
            .map((code) => String.fromCharCode(code)),
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join(''));
    const property = fc.asyncProperty(value, value, value, async (origin, method, headers) => {
      const lines = [
        `Origin: ${origin}`,
        `Access-Control-Request-Method: ${method}`,
        `Access-Control-Request-Headers: ${headers}`,
      ];
      for (const answer of [await bytes('GET /cats', ...lines), await bytes('OPTIONS /cats', ...lines)]) {
        const allowed = answer.cors[ACAO];
        const isRight =
          allowed === undefined || allowed === APP || /^https:\/\/(?:[\w-]+\.)+example\.org$/.test(String(allowed));
        expect([isRight, answer.status < 500, String(answer.cors['vary']).startsWith('Origin')]).toEqual([
          true,
          true,
          true,
        ]);
        expect(allowed === undefined || allowed === origin.trim()).toBe(true);
      }
    });
    await fc.assert(property, { numRuns: 60 });
    expect(log.complaints).toEqual([]);
  });
});
