import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { pageAt, type PageRequestInit, type PageResponse } from '../../lib/testing/index.js';
import { cannedServer } from './canned-server.js';

const PAGE = 'https://app.example.com';
const BODY = 'miau';

function hash(algorithm: string, text = BODY): string {
  return `${algorithm}-${createHash(algorithm).update(text).digest('base64')}`;
}

function get(integrity: string, init: PageRequestInit = {}): Promise<PageResponse> {
  const { server } = cannedServer(() => ({ headers: { 'Access-Control-Allow-Origin': '*' }, body: BODY }));
  return pageAt(PAGE).fetch(server, '/', { integrity, ...init });
}

describe('integrity', () => {
  it.each([
    ['a hash', hash('sha256')],
    ['a longer hash', hash('sha512')],
    ['its algorithm in capitals', hash('sha384').replace('sha', 'SHA')],
    ['base64url', hash('sha512').replaceAll('+', '-').replaceAll('/', '_')],
    ['one hash of several', `${hash('sha256', 'x')} ${hash('sha256')}`],
    ['the strongest hash', `${hash('sha256', 'x')}\n${hash('sha512')}`],
    ['an option', `${hash('sha256')}?ct=text/plain`],
    ['no hash that a browser knows', 'md5-x sha1-y sha256 sha256-! words'],
    ['nothing', ''],
  ])('lets a body through that has %s', async (_what, integrity) => {
    const response = await get(integrity);
    expect(await response.clone().text()).toBe(BODY);
    expect(await response.text()).toBe(BODY);
  });

  it.each([
    ['another hash', hash('sha256', 'x')],
    ['another strongest hash', `${hash('sha256')} ${hash('sha384', 'x')}`],
    ['a hash of another length', 'sha256-AAAA'],
  ])('is a TypeError where the body has %s', async (_what, integrity) => {
    const message = `The body of GET https://api.example.com/ does not have the integrity ${JSON.stringify(integrity)}`;
    await expect(get(integrity)).rejects.toEqual(new TypeError(message));
  });

  it.each<[PageRequestInit]>([[{ mode: 'no-cors' }], [{ method: 'HEAD' }]])(
    'is a TypeError where the page sees no body: %j',
    async (init) => {
      await expect(get(hash('sha256'), init)).rejects.toThrow(/has no body that the page may read/);
    },
  );

  it('gives the page a body that can still be aborted', async () => {
    const abort = new AbortController();
    const response = await get(hash('sha256'), { signal: abort.signal });
    abort.abort('no time');
    await expect(response.text()).rejects.toBe('no time');
  });
});
