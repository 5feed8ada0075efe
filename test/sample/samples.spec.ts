/** Each sample, started for real: the three exchanges of the article, from the page's origin and from a stranger's. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PageConfig } from '../../sample/runner/pages.js';
import { exchange } from './exchange.js';
import { type RunningSample, runToTheEnd, startSample } from './running-sample.js';

const XML = '<?xml version="1.0"?><person><name>Arun</name></person>';
const PREFLIGHT_VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';

describe.each(['01-quick-start', '02-fastify', '03-config-service'])('sample/%s', (name) => {
  let sample: RunningSample;
  // The third takes its origins from the environment, whatever port the page has.
  let page: string;
  let stranger: string;

  beforeAll(async () => {
    const origin = 'http://page.localhost:8080';
    const env = { CORS_ORIGINS: origin, CORS_MEMBER_ORIGINS: origin, CORS_MAX_AGE: '86400' };
    sample = await startSample(name, name === '03-config-service' ? env : {});
    page = name === '03-config-service' ? origin : sample.page;
    stranger = sample.stranger;
  });

  afterAll(async () => {
    const ended = await sample.stop();
    expect(ended).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  describe('simple requests', () => {
    it('share /resources/public-data/ with everyone', async () => {
      for (const origin of [page, stranger]) {
        const answer = await exchange(sample.api, {
          method: 'GET',
          path: '/resources/public-data/',
          headers: { Origin: origin },
        });
        expect(answer).toMatchObject({ status: 200, type: expect.stringMatching(/^application\/xml/) });
        expect(answer.cors).toEqual({ 'access-control-allow-origin': '*' });
        expect(answer.body).toContain('<name>Arun</name>');
      }
    });

    it('share /resources/restricted-data/ with the page alone', async () => {
      const sent = (origin: string) => ({
        method: 'GET',
        path: '/resources/restricted-data/',
        headers: { Origin: origin },
      });
      const allowed = await exchange(sample.api, sent(page));
      expect(allowed.status).toBe(200);
      expect(allowed.cors).toEqual({ 'access-control-allow-origin': page, vary: 'Origin' });

      const refused = await exchange(sample.api, sent(stranger));
      expect(refused.status).toBe(200);
      expect(refused.cors).toEqual({ vary: 'Origin' });
    });
  });

  describe('preflighted requests', () => {
    const preflight = (origin: string) => ({
      method: 'OPTIONS',
      path: '/resources/post-here/',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'X-PINGOTHER, Content-Type',
      },
    });

    it('are announced, allowed and sent', async () => {
      const announced = await exchange(sample.api, preflight(page));
      expect(announced.status).toBe(204);
      expect(announced.cors).toEqual({
        'access-control-allow-origin': page,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'X-PINGOTHER, Content-Type',
        'access-control-max-age': '86400',
        vary: PREFLIGHT_VARY,
      });

      const posted = await exchange(sample.api, {
        method: 'POST',
        path: '/resources/post-here/',
        headers: { Origin: page, 'X-PINGOTHER': 'pingpong', 'Content-Type': 'application/xml' },
        body: XML,
      });
      expect(posted).toMatchObject({ status: 200, body: 'pingpong from Arun' });
      expect(posted.cors).toEqual({ 'access-control-allow-origin': page, vary: 'Origin' });
    });

    it('end at the preflight for a stranger', async () => {
      const refused = await exchange(sample.api, preflight(stranger));
      expect(refused).toMatchObject({ status: 403, body: '' });
      expect(refused.cors).toEqual({ vary: PREFLIGHT_VARY });
    });
  });

  describe('requests with credentials', () => {
    const sent = (origin: string) => ({
      method: 'GET',
      path: '/resources/credentialed-content/',
      headers: { Origin: origin, Cookie: 'pageAccess=2' },
    });

    it('are for the page, by name', async () => {
      const answer = await exchange(sample.api, sent(page));
      expect(answer).toMatchObject({ status: 200, body: 'You have been here 3 times.' });
      expect(answer.cors).toEqual({
        'access-control-allow-origin': page,
        'access-control-allow-credentials': 'true',
        vary: 'Origin',
      });
      expect(answer.cookies).toEqual([expect.stringMatching(/^pageAccess=3;/)]);
    });

    it('say nothing about credentials to a stranger', async () => {
      const answer = await exchange(sample.api, sent(stranger));
      expect(answer.status).toBe(200);
      expect(answer.cors).toEqual({ vary: 'Origin' });
    });
  });

  it('keeps a log of what it received and answered, for the page to draw', async () => {
    const id = crypto.randomUUID();
    const { headers } = await fetch(`${sample.api}/resources/public-data/?exchange=${id}`, {
      headers: { Origin: stranger, Cookie: 'session=secret; pageAccess=2' },
    });
    const log = await (await fetch(`${sample.page}/exchanges/${id}`)).json();
    expect(log).toEqual([
      {
        method: 'GET',
        headers: expect.arrayContaining([
          [expect.stringMatching(/^origin$/i), stranger],
          [expect.stringMatching(/^cookie$/i), 'pageAccess=2'],
        ]),
        answer: {
          status: 200,
          reason: 'OK',
          headers: expect.arrayContaining([
            ['Access-Control-Allow-Origin', '*'],
            [expect.stringMatching(/^content-type$/i), headers.get('content-type')],
          ]),
        },
      },
    ]);
  });

  it('serves the same page on both origins, and the source of every handler with it', async () => {
    for (const origin of [sample.page, sample.stranger]) {
      const html = await (await fetch(origin)).text();
      expect(html).toContain('<h1>Who may read the answer?</h1>');
      const config = (await (await fetch(`${origin}/config.json`)).json()) as PageConfig;
      expect(config).toMatchObject({ sample: name, api: sample.api, page: sample.page, stranger: sample.stranger });
      expect(Object.keys(config.handlers)).toEqual([
        '/resources/public-data/',
        '/resources/restricted-data/',
        '/resources/post-here/',
        '/resources/credentialed-content/',
        '/resources/internal-data/',
      ]);
    }
  });
});

describe('the start of a sample', () => {
  it('ends cleanly on SIGTERM, too', async () => {
    const sample = await startSample('01-quick-start');
    expect(await sample.stop('SIGTERM')).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  it.each(['API_PORT', 'PAGE_PORT', 'STRANGER_PORT', 'PROXY_PORT'])(
    'says which port is taken, and that %s changes it',
    async (variable) => {
      const holder = createServer().listen(0, '127.0.0.1');
      await once(holder, 'listening');
      const address = holder.address();
      const port = typeof address === 'object' && address ? address.port : 0;

      const ended = await runToTheEnd('01-quick-start', { [variable]: String(port) });
      holder.close();

      expect(ended.code).toBe(1);
      expect(ended.stderr).toMatch(
        new RegExp(
          `^Port ${port} is taken\\. Stop what listens there, or choose another port: ${variable}=\\d+ npm start\\n$`,
        ),
      );
    },
  );

  it.each([
    [{ API_PORT: 'http' }, 'API_PORT is "http", which is not a port: use a whole number up to 65535.\n'],
    [
      { PAGE_PORT: '3456', STRANGER_PORT: '3456' },
      'PAGE_PORT and STRANGER_PORT are both 3456: each server needs a port of its own.\n',
    ],
  ])('refuses ports that cannot be: %j', async (environment, message) => {
    expect(await runToTheEnd('01-quick-start', environment)).toMatchObject({ code: 1, stdout: '', stderr: message });
  });

  it('names the samples there are when asked for another', async () => {
    const ended = await runToTheEnd('04-express');
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^There is no sample "04-express"\. Choose one of these:\n\n {4}1 {2}01-quick-start /);
  });
});

describe('sample/03-config-service without its variable', () => {
  it('does not start, and says what is missing instead of showing a stack', async () => {
    const ended = await runToTheEnd('03-config-service', { CORS_ORIGINS: '' });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('CorsConfigError');
    expect(ended.stderr).toContain('[origin-undefined]');
    expect(ended.stderr).not.toMatch(/^\s+at /m);
    expect(ended.stderr).toMatch(
      /\n {2}cp sample\/03-config-service\/\.env\.example sample\/03-config-service\/\.env\n$/,
    );
  });
});
