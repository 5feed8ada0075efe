import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Recorder, record } from '../../sample/runner/recorder.js';
import { exchange } from './exchange.js';

/** A plain server, so that what is recorded is known to the byte. */
function listen(answer: (url: string) => [string, string][]): Promise<Server> {
  const server = createServer((request, response) => {
    response.writeHead(200, answer(request.url ?? '').flat()).end();
  });
  server.listen(0, 'localhost');
  return once(server, 'listening').then(() => server);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

describe('the recorder', () => {
  let server: Server;
  let recorder: Recorder;
  const get = (id: string, headers: Record<string, string> = {}) =>
    exchange(`http://localhost:${portOf(server)}`, { method: 'GET', path: `/?exchange=${id}`, headers });

  beforeEach(async () => {
    server = await listen(() => [
      ['Access-Control-Allow-Origin', '*'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['X-Other', 'kept out'],
    ]);
    recorder = record(() => [portOf(server)]);
  });

  afterEach(() => {
    recorder.stop();
    server.close();
  });

  it('sees what goes straight into writeHead, as often as it is sent', async () => {
    const id = crypto.randomUUID();
    await get(id, { Origin: 'https://a.example', 'X-Secret': 'kept out' });
    expect(await recorder.read(id)).toEqual([
      {
        method: 'GET',
        headers: [['Origin', 'https://a.example']],
        answer: {
          status: 200,
          reason: 'OK',
          headers: [
            ['Access-Control-Allow-Origin', '*'],
            ['Set-Cookie', 'a=1'],
            ['Set-Cookie', 'b=2'],
          ],
        },
      },
    ]);
  });

  it('keeps no cookie but the one that is shown', async () => {
    const [id, without] = [crypto.randomUUID(), crypto.randomUUID()];
    await get(id, { Cookie: 'session=secret; pageAccess=2; other=secret' });
    await get(without, { Cookie: 'session=secret' });
    expect((await recorder.read(id))[0]?.headers).toEqual([['Cookie', 'pageAccess=2']]);
    expect((await recorder.read(without))[0]?.headers).toEqual([]);
  });

  it('leaves out requests without an id, and those of other servers', async () => {
    const id = crypto.randomUUID();
    const other = await listen(() => []);
    await exchange(`http://localhost:${portOf(other)}`, { method: 'GET', path: `/?exchange=${id}`, headers: {} });
    other.close();
    await get('not-an-id');
    expect(await recorder.read(id)).toEqual([]);
    expect(await recorder.read('not-an-id')).toEqual([]);
  });

  it('forgets the oldest of many ids, and keeps few exchanges of each', async () => {
    const ids = Array.from({ length: 201 }, () => crypto.randomUUID());
    for (const id of ids) {
      await get(id);
    }
    const [oldest = '', second = ''] = ids;
    expect(await recorder.read(oldest)).toEqual([]);
    expect(await recorder.read(second)).toHaveLength(1);

    for (let times = 0; times < 20; times += 1) {
      await get(second, { Origin: `https://${'a'.repeat(1000)}.example` });
    }
    const kept = await recorder.read(second);
    expect(kept).toHaveLength(8);
    expect(kept[7]?.headers[0]?.[1]).toHaveLength(256);
  });
});
