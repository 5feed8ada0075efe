import { describe, expect, it } from '@jest/globals';
import { pageAt, type PageRequestInit, type PageResponse } from '../../lib/testing/index.js';
import { type Canned, cannedServer } from './canned-server.js';

const PAGE = 'https://app.example.com';

function get(answer: Canned = {}, init: PageRequestInit = {}): Promise<PageResponse> {
  const { server } = cannedServer(() => ({
    ...answer,
    headers: { 'Access-Control-Allow-Origin': '*', ...answer.headers },
  }));
  return pageAt(PAGE).fetch(server, '/cats', init);
}

describe('a response', () => {
  it('is one of the runtime', async () => {
    const response = await get({ body: 'miau' });
    expect(response).toBeInstanceOf(Response);
    expect(Object.prototype.toString.call(response)).toBe('[object Response]');
    expect(Object.keys(response)).toEqual([]);
    expect(await new Response(response.body, response).text()).toBe('miau');
  });

  it('is read once, and as often as it is cloned', async () => {
    const response = await get({ body: '{"cat":1}', headers: { 'Content-Type': 'application/json' } });
    const copies = [response.clone(), response.clone().clone(), response.clone()] as const;
    expect(response.bodyUsed).toBe(false);
    expect(await response.json()).toEqual({ cat: 1 });
    expect(response.bodyUsed).toBe(true);
    expect(() => response.clone()).toThrow(/consumed/);
    expect(await copies[0].text()).toBe('{"cat":1}');
    expect((await copies[1].blob()).type).toBe('application/json');
    expect((await copies[2].arrayBuffer()).byteLength).toBe(9);
  });

  it('is cloned with all that it says', async () => {
    const response = await get({ status: 404, body: 'gone' });
    const copy = response.clone();
    for (const key of ['type', 'status', 'statusText', 'url', 'redirected', 'ok'] as const) {
      expect([key, copy[key]]).toEqual([key, response[key]]);
    }
    expect([...copy.headers]).toEqual([...response.headers]);
    expect(copy.transcript).toEqual(response.transcript);
    expect(copy.headers).not.toBe(response.headers);
    expect(copy.clone().type).toBe('cors');
  });

  it('is read as a form', async () => {
    const response = await get({
      body: 'a=1&b=2',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    expect([...(await response.formData())]).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
  });

  it.each([200, 204, 299, 404, 500, 599, 999])('has every status that a server can give: %i', async (status) => {
    const response = await get({ status });
    expect([response.status, response.ok, response.clone().status]).toEqual([status, status < 300, status]);
  });

  it('stays opaque when it is cloned', async () => {
    const copy = (await get({ body: 'secret' }, { mode: 'no-cors' })).clone();
    expect(copy).toMatchObject({ type: 'opaque', status: 0, ok: false, url: '', statusText: '', body: null });
    expect([...copy.headers]).toEqual([]);
    expect(await copy.text()).toBe('');
  });

  it('does not let its headers be changed, nor those of the transcript', async () => {
    const response = await get();
    const all = [
      response.headers,
      response.clone().headers,
      (await get({}, { mode: 'no-cors' })).headers,
      ...response.transcript.flatMap(({ request, response: answer }) => [request.headers, answer?.headers]),
    ];
    expect(all).toHaveLength(5);
    for (const headers of all) {
      const before = [...(headers ?? [])];
      expect(() => headers?.set('content-type', 'x')).toThrow(TypeError);
      expect(() => headers?.append('x-a', '1')).toThrow(TypeError);
      expect(() => headers?.delete('content-length')).toThrow(TypeError);
      expect([...(headers ?? [])]).toEqual(before);
    }
    const copy = new Headers(response.headers);
    copy.set('x-a', '1');
    expect(copy.get('x-a')).toBe('1');
  });

  it.each<[PageRequestInit]>([[{}], [{ mode: 'no-cors' }], [{ redirect: 'manual' }]])(
    'shares nothing with another: %j',
    async (init) => {
      const { server } = cannedServer(({ url }) => ({
        status: url === '/cats' ? 302 : 200,
        headers: { 'Access-Control-Allow-Origin': '*', Location: '/' },
      }));
      const page = pageAt(PAGE);
      const [first, second] = [await page.fetch(server, '/cats', init), await page.fetch(server, '/cats', init)];
      expect(first).not.toBe(second);
      expect(first.headers).not.toBe(second.headers);
      expect(first.transcript).not.toBe(second.transcript);
      expect(first.transcript[0]).not.toBe(second.transcript[0]);
      expect(first.transcript[0]?.response?.headers).not.toBe(second.transcript[0]?.response?.headers);
    },
  );
});
