import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { createServer, type Server } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { pageAt, type PageResponse } from '../../lib/testing/index.js';

const PAGE = 'https://app.example.com';
const TEXT = 'miau '.repeat(20_000);

function serving(coding: string, body: Uint8Array): Server {
  return createServer((_req, res) => {
    res.writeHead(200, { 'Access-Control-Allow-Origin': '*', 'Content-Encoding': coding }).end(body);
  });
}

function get(coding: string, body: Uint8Array, method = 'GET'): Promise<PageResponse> {
  return pageAt(PAGE).fetch(serving(coding, body), '/', { method });
}

describe('a body that the server has packed unasked', () => {
  it.each<[string, Uint8Array]>([
    ['gzip', gzipSync(TEXT)],
    ['X-GZIP', gzipSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['deflate', deflateRawSync(TEXT)],
    ['deflate, gzip', gzipSync(deflateSync(TEXT))],
  ])('is unpacked: %s', async (coding, body) => {
    expect(await (await get(coding, body)).text()).toBe(TEXT);
  });

  it.each(['cat', 'gzip, cat', 'identity'])(
    'stays as it is in a coding that browsers do not know: %s',
    async (coding) => {
      expect(await (await get(coding, new TextEncoder().encode(TEXT))).text()).toBe(TEXT);
    },
  );

  it.each([6, 1000])('is a TypeError of fetch() if it has %d codings, and the connection is closed', async (count) => {
    const server = serving(Array.from({ length: count }, () => 'gzip').join(), gzipSync(TEXT));
    await expect(pageAt(PAGE).fetch(server, '/')).rejects.toEqual(
      new TypeError(`The response has ${count} content codings, and at most 5 are decoded`),
    );
    expect(server.listening).toBe(false);
    const five = Array.from({ length: 5 }).reduce((body: Uint8Array) => gzipSync(body), Buffer.from(TEXT));
    expect(await (await get('gzip,gzip,,gzip , gzip,gzip', five)).text()).toBe(TEXT);
  });

  it.each(['gzip', 'br', 'deflate'])('may be empty, or not be there at all: %s', async (coding) => {
    expect(await (await get(coding, new Uint8Array())).text()).toBe('');
    expect(await (await get(coding, gzipSync(TEXT), 'HEAD')).text()).toBe('');
  });

  it.each<[string, Uint8Array]>([
    ['gzip', new TextEncoder().encode(TEXT)],
    ['gzip', gzipSync(TEXT).subarray(0, 100)],
    ['br', new TextEncoder().encode('miau')],
    ['deflate', gzipSync(TEXT)],
  ])('is a TypeError where it is broken: %s', async (coding, body) => {
    const response = await get(coding, body);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toMatchObject({ name: 'TypeError' });
  });

  it('can be cancelled', async () => {
    const server = serving('gzip', gzipSync(TEXT));
    const { body } = await pageAt(PAGE).fetch(server, '/');
    await body?.cancel();
    expect(server.listening).toBe(false);
  });
});
