/** The playground in a real Chromium, on the site as `npm run docs` has built it, under a strict content security policy. */
import { gzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import type { Page } from 'puppeteer-core';
import { PRESETS } from '../../page/playground/presets.js';
import { writeState } from '../../page/playground/state.js';
import { servedSite } from './site/built-site.js';
import { IN_PLAYGROUND } from './site/playground-page.js';
import { axeIn, describeInChromium, type Look, LOOKS, watchedPage } from './watched-page.js';

// What runs in the page is a string: the rest of this file has no business with a document.
const { root: ROOT, isAnswered: ANSWERED, result: RESULT } = IN_PLAYGROUND;
const SAID = `${ROOT}.querySelector('.answer [role=status]').textContent`;
const FOCUSED = `${ROOT}.activeElement?.id ?? ''`;

/** What is to be read, of each preset. */
const SHOWN: Readonly<Record<string, string>> = {
  'custom-header': "✕ refused … @Cors({ allowedHeaders: { add: ['X-Trace'] } })",
  'star-with-credentials': 'The application does not start … [any-origin-with-credentials]',
  'trailing-slash': 'The application does not start … use "https://shop.example" … [origin-not-serialized]',
  'several-origins-in-a-string': 'The application does not start … [origin-list-in-string]',
  authorization: '✓ read … Access-Control-Allow-Headers: authorization',
  'cookies-on-localhost': '✕ refused … @Cors({ credentials: true }) … Cookie: sid=1',
  'method-not-served': '✕ refused … it serves PATCH',
  'null-origin': '✕ refused … does not allow the origin "null"',
  'http-and-https': '✕ refused … does not allow the origin http://shop.example',
  'error-answers': '✓ read … 401 Unauthorized … Access-Control-Allow-Origin: https://shop.example',
  'headers-that-cannot-be-read': '✓ read … x-total-count … Access-Control-Expose-Headers: X-Total-Count',
  caches: '✓ read … Vary: Accept-Language, Origin',
  'no-cors': '✕ refused … the page sees nothing of the answer',
  'mdn-simple-request': '✓ read … Access-Control-Allow-Origin: *',
  'mdn-preflighted-request': '✓ read … Access-Control-Max-Age: 86400',
  'mdn-request-with-credentials': '✓ read … Access-Control-Allow-Credentials: true',
};

describeInChromium('the playground', (browser) => {
  const site = servedSite();

  /** Opens the page, with the scripts that it has loaded. */
  async function open(hash = '', look?: Partial<Look>): Promise<[Page, string[], Map<string, Promise<Buffer>>]> {
    const [page, problems] = await watchedPage(browser(), site(), look);
    const scripts = new Map<string, Promise<Buffer>>();
    page.on('response', (response) => {
      if (response.request().resourceType() === 'script') {
        scripts.set(
          new URL(response.url()).pathname,
          response.buffer().then((bytes) => Buffer.from(bytes)),
        );
      }
    });
    await page.goto(`${site()}/playground${hash}`);
    await page.waitForFunction(ANSWERED);
    return [page, problems, scripts];
  }

  /** Writes into a field, as if it was typed at once. */
  async function fill(page: Page, id: string, text: string, shows: string): Promise<void> {
    await page.evaluate(`{
      const field = ${ROOT}.querySelector('#${id}');
      field.value = ${JSON.stringify(text)};
      field.dispatchEvent(new Event('input'));
    }`);
    await page.waitForFunction(`${RESULT}.includes(${JSON.stringify(shows)})`);
  }

  it.each(PRESETS.map(({ id }) => id))('shows the preset %s', async (id) => {
    const [page, problems] = await open(`#preset=${id}`);
    const text = String(await page.evaluate(`${ROOT}.querySelector('.result').innerText`)).replaceAll(/\s+/g, ' ');
    let at = 0;
    for (const part of (SHOWN[id] ?? 'is not expected here').split(' … ')) {
      at = text.indexOf(part, at);
      expect([part, at, text]).toEqual([part, expect.any(Number), text]);
      expect(at === -1 ? text : part).toBe(part);
    }
    expect(problems).toEqual([]);
    await page.close();
  });

  it('loads at most 150 kB of script, compressed, before the first answer, that of the site included', async () => {
    const [page, , scripts] = await open();
    const sizes = await Promise.all(
      [...scripts].map(async ([path, bytes]) => [path, gzipSync(await bytes, { level: 9 }).length] as const),
    );
    const total = sizes.reduce((sum, [, size]) => sum + size, 0);
    const own = sizes
      .filter(([path]) => !/\/(?:framework|theme|app)\./.test(path))
      .reduce((sum, [, size]) => sum + size, 0);
    process.stderr.write(`scripts before the first answer: ${total} bytes, of them ${own} of the playground\n`);
    expect(sizes.length).toBeGreaterThan(3);
    expect(own).toBeGreaterThan(20_000);
    expect(total).toBeLessThan(150_000);
    await page.close();
  });

  it('loads what only some policies need when they need it', async () => {
    const [page, problems, scripts] = await open();
    const before = new Set(scripts.keys());
    await fill(
      page,
      'application',
      'CorsModule.forRoot({ origin: /https:\\/\\/[a-z]+\\.shop\\.example/ })',
      'No controller serves',
    );
    const loaded = [...scripts.keys()].filter((path) => !before.has(path)).join(' ');
    expect(loaded).toMatch(/regexpp/);
    expect(loaded).toMatch(/regexp-analysis/);
    await fill(page, 'origin', 'https://www.shop.example', '404 Not Found');
    expect(problems).toEqual([]);
    await page.close();
  });

  it('gives a link that brings everything back', async () => {
    const state = {
      application: "CorsModule.forRoot({ origin: 'https://ünï.example' })",
      origin: 'https://a.example',
      fetch: "fetch('https://api.example.com/#&=+', { method: 'PATCH' })",
      cookie: 'a=1; Secure; SameSite=None',
    };
    const [page] = await open(writeState(state));
    const fields = `['application', 'origin', 'fetch', 'cookie'].map((id) => ${ROOT}.querySelector('#' + id).value)`;
    expect(await page.evaluate(fields)).toEqual([state.application, state.origin, state.fetch, state.cookie]);
    expect(await page.evaluate(`${ROOT}.querySelector('#method').value`)).toBe('PATCH');

    // What is changed is in the address at once, and a preset is left.
    await fill(page, 'origin', 'https://b.example', 'xn--');
    const [again, problems] = await open(new URL(page.url()).hash);
    expect(await again.evaluate(fields)).toEqual([state.application, 'https://b.example', state.fetch, state.cookie]);
    expect(problems).toEqual([]);
    await page.close();
    await again.close();
  });

  it.each([
    '#v=1',
    '#%',
    '#v=99&app=x',
    '#preset=none',
    `#v=1&app=${'('.repeat(9000)}&origin=x&fetch=y`,
    '#<img src=x onerror=alert(1)>',
  ])('survives the address %.40s', async (hash) => {
    const [page, problems] = await open(hash);
    expect(await page.evaluate(SAID)).not.toBe('');
    // VitePress takes a fragment for the name of a heading, on every page.
    expect(problems.filter((problem) => problem !== 'URIError: URI malformed')).toEqual([]);
    await page.close();
  });

  it('says where code cannot be read, and runs none of it', async () => {
    const [page, problems] = await open();
    await fill(page, 'application', 'CorsModule.forRoot({\n  origin: (origin) => alert(1),\n})', 'line 2, column 11');
    expect(await page.evaluate(RESULT)).toContain('Functions are not run here');
    expect(await page.evaluate(`${ROOT}.querySelector('#application').getAttribute('aria-invalid')`)).toBe('true');
    await fill(
      page,
      'application',
      "CorsModule.forRoot({ orgin: '<img src=x onerror=alert(1)>' })",
      'did you mean origin?',
    );
    expect(await page.evaluate(`${ROOT}.querySelector('.result img')`)).toBe(null);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('works by keyboard alone, and says aloud what happens', async () => {
    const [page, problems] = await open();
    expect(await page.evaluate(SAID)).toMatch(/^The page cannot read the answer\. .*x-trace/);
    const tabTo = async (id: string): Promise<void> => {
      for (let times = 0; times < 60 && (await page.evaluate(FOCUSED)) !== id; times += 1) {
        await page.keyboard.press('Tab');
      }
      expect(await page.evaluate(FOCUSED)).toBe(id);
    };
    await tabTo('preset');
    await tabTo('application');
    await tabTo('method');
    await page.keyboard.type('GET');
    await tabTo('headers');
    await page.keyboard.down('Control');
    await page.keyboard.press('a');
    await page.keyboard.up('Control');
    await page.keyboard.press('Delete');
    await page.waitForFunction(
      `${ROOT}.querySelector('#fetch').value === "fetch('https://api.example.com/cats/1', {\\n  body: '{\\"name\\":\\"Tom\\"}',\\n})"`,
    );
    await page.waitForFunction(`${RESULT}.includes('fetch() does not accept a body with GET')`);
    expect(problems).toEqual([]);
    await page.close();
  });

  it.each(
    ['', '#preset=trailing-slash', '#preset=error-answers', '#preset=no-cors'].flatMap((hash) =>
      LOOKS.map(({ width, scheme }) => [hash, width, scheme] as const),
    ),
  )('%s fits %d pixels, and axe finds nothing in %s', async (hash, width, scheme) => {
    const [page, problems] = await open(hash, { width, scheme });
    await page.evaluate(`${ROOT}.querySelectorAll('details').forEach((one) => { one.open = true; })`);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    if (process.env['SCREENSHOTS'] !== undefined) {
      const name: `${string}.png` = `${process.env['SCREENSHOTS']}/playground-${hash.slice(8)}-${width}-${scheme}.png`;
      await page.screenshot({ path: name, fullPage: true });
    }
    expect(problems).toEqual([]);

    expect(await axeIn(page, '.playground-page')).toEqual([]);
    await page.close();
  });
});
