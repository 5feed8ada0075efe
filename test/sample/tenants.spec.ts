/** The sample with a database, on PGlite: what tenants enter decides at once. With real servers: test/tenants. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PageConfig } from '../../sample/runner/pages.js';
import { exchange, type Answer } from './exchange.js';
import { type RunningSample, startSample } from './running-sample.js';

describe('sample/04-tenants', () => {
  let sample: RunningSample;

  // PGlite makes a database of its own, which takes a busy machine a while.
  beforeAll(async () => {
    sample = await startSample('04-tenants', { DATABASE_URL: '', REDIS_URL: '' });
  }, 180_000);

  afterAll(async () => {
    expect(await sample.stop()).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  const data = (tenant: string, origin: string): Promise<Answer> =>
    exchange(sample.api, { method: 'GET', path: `/tenants/${tenant}/data`, headers: { Origin: origin } });

  const admin = async (path: string, options: RequestInit = {}): Promise<Response> =>
    fetch(`${sample.api}/admin${path}`, { ...options, headers: { 'Content-Type': 'application/json' } });

  const add = async (tenant: string, origin: string): Promise<Response> =>
    admin(`/tenants/${tenant}/origins`, { method: 'POST', body: JSON.stringify({ origin }) });

  const named = (origin: string) => ({
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    vary: 'Origin',
  });
  const refused = { vary: 'Origin' };

  it('begins with two tenants, of which one names both pages', async () => {
    expect(await (await admin('/tenants')).json()).toEqual([
      { name: 'acme', origins: [sample.page, sample.stranger, 'https://*.acme.example'].toSorted() },
      { name: 'globex', origins: [sample.page] },
    ]);
    expect((await data('acme', sample.stranger)).cors).toEqual(named(sample.stranger));
    expect((await data('acme', 'https://eu.acme.example')).cors).toEqual(named('https://eu.acme.example'));
    expect((await data('globex', sample.page)).cors).toEqual(named(sample.page));
    expect((await data('globex', sample.stranger)).cors).toEqual(refused);
    expect((await data('initech', sample.page)).cors).toEqual(refused);
  });

  it('allows an origin from the request after it was entered, and refuses it from the one after it was removed', async () => {
    const origin = 'https://app.globex.example';
    expect((await data('globex', origin)).cors).toEqual(refused);
    expect((await add('globex', origin)).status).toBe(204);
    expect((await data('globex', origin)).cors).toEqual(named(origin));
    expect((await data('acme', origin)).cors).toEqual(refused);

    const removed = await admin(`/tenants/globex/origins/${encodeURIComponent(origin)}`, { method: 'DELETE' });
    expect(removed.status).toBe(204);
    expect((await data('globex', origin)).cors).toEqual(refused);
    expect((await data('globex', sample.page)).cors).toEqual(named(sample.page));
  });

  it('says what is wrong with an origin, and takes it in no other way', async () => {
    const advice = async (origin: string): Promise<unknown> =>
      (await admin(`/advice?${new URLSearchParams({ origin })}`)).json();
    expect(await advice('https://app.example.com')).toEqual([]);
    expect(await advice('HTTPS://App.Example.com/')).toEqual([
      {
        code: 'origin-not-serialized',
        message: '"HTTPS://App.Example.com/" is not how browsers write it; use "https://app.example.com"',
        suggestion: 'https://app.example.com',
      },
    ]);
    for (const origin of ['*', 'HTTPS://App.Example.com/', 'https://*.com', '', 'null']) {
      const answer = await add('acme', origin);
      expect(answer.status).toBe(400);
      const { message } = (await answer.json()) as { message: string };
      expect(message).toEqual(((await advice(origin)) as { message: string }[])[0]?.message);
    }
    expect((await add('initech', 'https://app.example.com')).status).toBe(404);
  });

  it('lets one page alone enter origins', async () => {
    const preflight = (origin: string): Promise<Answer> =>
      exchange(sample.api, {
        method: 'OPTIONS',
        path: '/admin/tenants/acme/origins',
        headers: {
          Origin: origin,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'content-type',
        },
      });
    expect(await preflight(sample.page)).toMatchObject({
      status: 204,
      cors: { 'access-control-allow-origin': sample.page, 'access-control-allow-headers': 'Content-Type' },
    });
    // A page that a tenant names is no page of the application's.
    expect(await preflight(sample.stranger)).toMatchObject({ status: 403 });
  });

  it('serves a page of its own, with what it borrows from the quick start', async () => {
    const html = await (await fetch(sample.page)).text();
    expect(html).toContain('<h1>Whose pages may read?</h1>');
    for (const file of ['main.js', 'tenant.js', 'tenants.css', 'style.css', 'view.js', 'frame.html', 'picture.js']) {
      expect((await fetch(`${sample.page}/${file}`)).status).toBe(200);
    }
    const { handlers, file } = (await (await fetch(`${sample.page}/config.json`)).json()) as PageConfig;
    expect(file).toBe('sample/04-tenants/src/data.controller.ts');
    expect(handlers['/tenants/:tenant/data/']).toContain('resolver: TenantOrigins');
  });
});
