/** The sample's page in a real Chromium: what it shows of requests that the browser really let through, or refused. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'puppeteer-core';
import { type RunningSample, startSample } from '../sample/running-sample.js';
import { describeInChromium, DESKTOP, type Look, LOOKS, setLook } from './watched-page.js';

/** One picture, as the page shows it. */
interface Picture {
  readonly badge: string;
  readonly why: string;
  /** One line for each arrow, as a screen reader has it: `browser to API: OPTIONS /resources/post-here/`. */
  readonly arrows: readonly string[];
  /** The headers of each arrow. */
  readonly headers: Readonly<Record<string, string>>[];
  readonly body: string | null;
}

// What runs in the page is a string: the rest of this file has no business with a document.
const READ_PICTURES = `Object.fromEntries([...document.querySelectorAll('.experiment')].map((article) => [
  article.id,
  [...article.querySelectorAll('.picture')].map((picture) => ({
    badge: picture.querySelector('.badge').textContent,
    why: picture.querySelector('.why').textContent,
    arrows: [...picture.querySelectorAll('.message .title')].map((title) => title.textContent.replace(/ +/g, ' ').trim()),
    headers: [...picture.querySelectorAll('.message')].map((message) =>
      Object.fromEntries([...message.querySelectorAll('.headers > div')].map((line) => [
        line.querySelector('dt').textContent.toLowerCase(),
        line.querySelector('dd').textContent,
      ])),
    ),
    body: picture.querySelector('.body')?.lastChild.textContent ?? null,
  })),
]))`;

const READ_OVERVIEW = `[...document.querySelectorAll('.overview tr')].map((row) =>
  [...row.cells].map((cell) => cell.textContent))`;

/** Every text that does not stand out from its background by 4.5 : 1 (WCAG 2.2, 1.4.3). */
const FIND_FAINT_TEXT = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (channels) => {
    const [red, green, blue] = channels.slice(0, 3).map((channel) => {
      const value = channel / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = new Set();
  let seen = 0;
  while (walker.nextNode()) {
    const { data, parentElement: element } = walker.currentNode;
    if (data.trim() === '' || !element.checkVisibility() || element.closest('noscript')) continue;
    seen += 1;
    const [text, back] = [rgba(getComputedStyle(element).color), behind(element)].map(luminance);
    const contrast = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
    if (contrast < 4.5) faint.add(element.className + ' "' + data + '" ' + contrast.toFixed(2));
  }
  return { seen, faint: [...faint] };
})()`;

/** Every text below 12 pixels. */
const FIND_SMALL_TEXT = `(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const small = new Set();
  while (walker.nextNode()) {
    const { data, parentElement: element } = walker.currentNode;
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (data.trim() !== '' && element.checkVisibility() && size < 12) small.add(data + ' ' + size);
  }
  return [...small];
})()`;

describeInChromium('the sample’s page', (browser) => {
  let sample: RunningSample;

  beforeAll(async () => {
    sample = await startSample('01-quick-start');
  }, 60_000);

  afterAll(async () => {
    expect(await sample?.stop()).toMatchObject({ code: 0, stderr: '' });
  });

  /** Opens the page, with what went wrong in it, and waits for what its script does last. */
  async function open(
    url: string,
    look: Partial<Look> = {},
    ready = '#send-all:enabled',
  ): Promise<{ page: Page; problems: string[] }> {
    const page = await browser().newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      // The refusals are what is wanted.
      const wanted = /blocked by CORS policy|net::ERR_FAILED/.test(message.text());
      if (!wanted) {
        problems.push(message.text());
      }
    });
    await setLook(page, { ...DESKTOP, ...look });
    await page.goto(url);
    await page.waitForSelector(ready);
    return { page, problems };
  }

  async function sendAll(page: Page, badges = 20): Promise<void> {
    await page.click('#send-all');
    await page.waitForFunction(`document.querySelectorAll('.badge:not(:empty)').length === ${badges}`);
    await page.waitForFunction(`!document.body.hasAttribute('aria-busy')`);
  }

  async function expectReadable(of: RunningSample, { width, scheme }: Look, badges: number): Promise<void> {
    const { page } = await open(of.page, { width, scheme });
    await sendAll(page, badges);
    if (width < 960) {
      await page.evaluate(`document.querySelectorAll('[role=tab]:first-child').forEach((tab) => tab.click())`);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    const { seen, faint } = (await page.evaluate(FIND_FAINT_TEXT)) as { seen: number; faint: string[] };
    expect(seen).toBeGreaterThan(15 * badges);
    expect(faint).toEqual([]);
    expect(await page.evaluate(FIND_SMALL_TEXT)).toEqual([]);
    await page.close();
  }

  describe('after everything has been sent', () => {
    let page: Page;
    let problems: string[];
    let pictures: Record<string, [Picture, Picture]>;

    beforeAll(async () => {
      ({ page, problems } = await open(sample.page));
      await sendAll(page);
      pictures = (await page.evaluate(READ_PICTURES)) as typeof pictures;
    }, 60_000);

    afterAll(() => page.close());

    function pictureOf(name: string, side: 'page' | 'stranger'): Picture {
      const picture = pictures[name]?.[side === 'page' ? 0 : 1];
      if (!picture) {
        throw new Error(`The page has no picture of ${name}`);
      }
      return picture;
    }

    it('shows at a glance who could read what', async () => {
      expect(await page.evaluate(READ_OVERVIEW)).toEqual([
        ['', 'This page', 'The stranger'],
        ['Open to everyone', '✓ read', '✓ read'],
        ['For one origin only', '✓ read', '✕ refused'],
        ['Ask, then send', '✓ read', '✕ refused'],
        ['Ask once, send twice', '✓ read', '✕ refused'],
        ['With a cookie', '✓ read', '✕ refused'],
        ['Credentials and the wildcard', '✕ refused', '✕ refused'],
        ['A header that is not allowed', '✕ refused', '✕ refused'],
        ['A method that is not served', '✕ refused', '✕ refused'],
        ['A closed route', '✕ refused', '✕ refused'],
        ['An error of a proxy', '✕ refused', '✕ refused'],
        ['A request of your own', 'not sent yet', 'not sent yet'],
      ]);
      expect(await page.$eval('#status', (status) => status.textContent)).toBe(
        '20 requests sent, 6 answers read, 14 refused.',
      );
    });

    it('shows a simple request, open to everyone', () => {
      for (const side of ['page', 'stranger'] as const) {
        const picture = pictureOf('public-data', side);
        expect(picture).toMatchObject({ badge: '✓ read', body: expect.stringContaining('<name>Arun</name>') });
        expect(picture.why).toBe('The answer is for pages of any origin, so the page may read it.');
        expect(picture.arrows).toEqual([
          'page to browser: fetch()',
          'browser to API: GET /resources/public-data/',
          'API to browser: 200 OK',
          'browser to page: 200 OK',
        ]);
        expect(picture.headers[1]).toEqual({ origin: sample[side] });
        expect(picture.headers[2]).toMatchObject({ 'access-control-allow-origin': '*' });
        expect(picture.headers[2]).not.toHaveProperty('vary');
      }
    });

    it('shows a simple request that only the page may read the answer of', () => {
      expect(pictureOf('restricted-data', 'page')).toMatchObject({
        badge: '✓ read',
        body: expect.stringContaining('5550100'),
        why: 'The answer names the page’s origin, so the page may read it.',
      });
      const refused = pictureOf('restricted-data', 'stranger');
      expect(refused).toMatchObject({
        badge: '✕ refused',
        body: null,
        why: `The answer does not name ${sample.stranger}, so the browser kept it from the page. ResourcesController.restrictedData does not allow the origin ${sample.stranger}, only ${sample.page} (written by forRoot).`,
      });
      expect(refused.arrows.slice(2)).toEqual(['API to browser: 200 OK', 'browser to page: TypeError']);
      expect(refused.headers[2]).toMatchObject({ 'access-control-allow-origin': 'not sent', vary: 'Origin' });
    });

    it('shows the preflight and the actual request', () => {
      const picture = pictureOf('post-here', 'page');
      expect(picture).toMatchObject({
        badge: '✓ read',
        body: 'pingpong from Arun',
        why: 'The answer to the preflight allows POST with X-PINGOTHER and Content-Type, and the answer to the POST names the page’s origin.',
      });
      expect(picture.arrows).toEqual([
        'page to browser: fetch()',
        'browser to API: OPTIONS /resources/post-here/',
        'API to browser: 204 No Content',
        'browser to API: POST /resources/post-here/',
        'API to browser: 200 OK',
        'browser to page: 200 OK',
      ]);
      expect(picture.headers[1]).toEqual({
        origin: sample.page,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-pingother',
      });
      expect(picture.headers[2]).toEqual({
        'access-control-allow-origin': sample.page,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'X-PINGOTHER, Content-Type',
        'access-control-max-age': '86400',
        vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      });
      expect(picture.headers[3]).toEqual({
        origin: sample.page,
        'x-pingother': 'pingpong',
        'content-type': 'application/xml',
      });
      expect(picture.headers[4]).toMatchObject({ 'access-control-allow-origin': sample.page, vary: 'Origin' });
    });

    it('shows the preflight that stopped a stranger', () => {
      const picture = pictureOf('post-here', 'stranger');
      expect(picture).toMatchObject({
        badge: '✕ refused',
        why: `The preflight is refused, so the browser never sent the POST. ResourcesController.postHere does not allow the origin ${sample.stranger}, only ${sample.page} (written by forRoot).`,
      });
      expect(picture.arrows).toEqual([
        'page to browser: fetch()',
        'browser to API: OPTIONS /resources/post-here/',
        'API to browser: 403 Forbidden',
        'browser to API: POST: never sent',
        'browser to page: TypeError',
      ]);
    });

    it('shows that a preflight is remembered, and a refusal is not', () => {
      expect(pictureOf('post-here-again', 'page').arrows).toEqual([
        'page to browser: fetch()',
        'browser to API: POST /resources/post-here/',
        'API to browser: 200 OK',
        'browser to page: 200 OK',
      ]);
      expect(pictureOf('post-here-again', 'stranger').arrows[1]).toBe('browser to API: OPTIONS /resources/post-here/');
    });

    it('shows the cookie, and that a refused request arrived', () => {
      const allowed = pictureOf('credentialed-content', 'page');
      expect(allowed).toMatchObject({ badge: '✓ read', body: 'You have been here 3 times.' });
      expect(allowed.headers[1]).toEqual({ origin: sample.page, cookie: 'pageAccess=2' });
      expect(allowed.headers[2]).toMatchObject({
        'access-control-allow-origin': sample.page,
        'access-control-allow-credentials': 'true',
        vary: 'Origin',
        'set-cookie': expect.stringMatching(/^pageAccess=3;/),
      });
      expect(allowed.headers[3]).not.toHaveProperty('set-cookie');

      const refused = pictureOf('credentialed-content', 'stranger');
      expect(refused).toMatchObject({ badge: '✕ refused', body: null });
      expect(refused.why).toMatch(/does not name .* CORS decides who may read, not who may send\. /);
      expect(refused.headers[1]).toEqual({ origin: sample.stranger, cookie: 'pageAccess=3' });
      expect(refused.headers[2]).not.toHaveProperty('access-control-allow-credentials');
    });

    it('shows that “*” is not enough for a request with credentials', () => {
      for (const side of ['page', 'stranger'] as const) {
        expect(pictureOf('wildcard', side)).toMatchObject({
          badge: '✕ refused',
          why: expect.stringMatching(
            /^The answer says “\*”, which is not enough for a request with credentials, so the browser kept it from the page\. .* allows every origin, but without credentials/,
          ),
        });
      }
    });

    it('shows a header that is not allowed, and a method that nobody serves, stopped at the preflight', () => {
      const header = pictureOf('unlisted-header', 'page');
      expect(header.headers[1]).toMatchObject({
        'access-control-request-headers': 'content-type,x-pingother,x-trace',
      });
      expect(header.arrows.slice(2)).toEqual([
        'API to browser: 403 Forbidden',
        'browser to API: POST: never sent',
        'browser to page: TypeError',
      ]);
      const method = pictureOf('unserved-method', 'page');
      expect(method.headers[1]).toMatchObject({ 'access-control-request-method': 'PUT' });
      expect(method.arrows.slice(2)).toEqual([
        'API to browser: 403 Forbidden',
        'browser to API: PUT: never sent',
        'browser to page: TypeError',
      ]);
    });

    it('shows the line to change where there is one, and none that would let a stranger in', async () => {
      const changes = `(name) => [...document.querySelectorAll('#' + name + ' .picture')].map((picture) =>
        [...picture.querySelectorAll('.change')].map((change) => change.textContent))`;
      const of = (name: string) => page.evaluate(`(${changes})('${name}')`);
      expect(await of('unlisted-header')).toEqual([["@Cors({ allowedHeaders: { add: ['X-Trace'] } })"], []]);
      for (const name of ['restricted-data', 'unserved-method', 'closed-route', 'proxy']) {
        expect(await of(name)).toEqual([[], []]);
      }
      expect(pictureOf('unlisted-header', 'page').why).toContain('does not allow the request header x-trace');
      expect(pictureOf('unserved-method', 'page').why).toContain('does not serve the method PUT; it serves POST');
      expect(pictureOf('closed-route', 'page').why).toContain('is closed to other origins on purpose');
    });

    it('shows a closed route, whose request arrives all the same', () => {
      for (const side of ['page', 'stranger'] as const) {
        expect(pictureOf('closed-route', side).arrows).toEqual([
          'page to browser: fetch()',
          'browser to API: GET /resources/internal-data/',
          'API to browser: 200 OK',
          'browser to page: TypeError',
        ]);
      }
    });

    it('shows the error of a proxy as one', async () => {
      const picture = pictureOf('proxy', 'page');
      expect(picture.headers[2]).toEqual({
        'access-control-allow-origin': 'not sent',
        'content-type': 'text/plain',
      });
      expect(picture.why).toMatch(/A 502 without these headers comes from a proxy: .* its policy is not the cause\.$/);
      const lanes = '#proxy .picture .lane:last-child';
      expect(await page.$$eval(lanes, (ends) => ends.map((end) => end.firstChild?.textContent))).toEqual([
        'proxy',
        'proxy',
      ]);
    });

    it('finds nothing wrong with itself', () => {
      expect(problems).toEqual([]);
    });
  });

  it('is just as true at the stranger’s own address', async () => {
    const { page, problems } = await open(sample.stranger);
    await sendAll(page);
    expect(await page.evaluate(READ_OVERVIEW)).toEqual(
      expect.arrayContaining([
        ['', 'The other page', 'This page'],
        ['For one origin only', '✓ read', '✕ refused'],
        ['With a cookie', '✓ read', '✕ refused'],
      ]),
    );
    expect(problems).toEqual([]);
    await page.close();
  });

  it('sends what one chooses oneself', async () => {
    const { page, problems } = await open(sample.page);
    await page.select('#own [name=method]', 'POST');
    await page.select('#own [name=path]', '/resources/post-here/');
    await page.click('#own [name="header-X-PINGOTHER"]');
    expect(await page.$eval('#own .source code', (code) => code.textContent)).toContain("'X-PINGOTHER': 'pingpong'");

    const own = async (badge: string): Promise<Picture[] | undefined> => {
      await page.evaluate(`document.querySelector('#own header button').click()`);
      await page.waitForFunction(`document.querySelector('#own .badge').textContent === '${badge}'`);
      await page.waitForFunction(`!document.body.hasAttribute('aria-busy')`);
      return ((await page.evaluate(READ_PICTURES)) as Record<string, Picture[]>)['own'];
    };
    const first = await own('✓ read');
    expect(first?.map(({ badge }) => badge)).toEqual(['✓ read', '✕ refused']);
    expect(first?.[0]?.headers[3]).toMatchObject({ 'x-pingother': 'pingpong' });

    // The policy of this handler does not allow credentials.
    await page.click('#own [name=credentials]');
    const second = await own('✕ refused');
    expect(second?.map(({ badge }) => badge)).toEqual(['✕ refused', '✕ refused']);
    expect(second?.[0]?.why).toMatch(
      /^The answer to the preflight does not allow credentials, so the browser never sent/,
    );
    expect(problems).toEqual([]);
    await page.close();
  });

  it('shows a 404 for what has no handler, and says that the handler beside it is one for another method', async () => {
    const { page } = await open(sample.page);
    await page.select('#own [name=method]', 'POST');
    await page.select('#own [name=path]', '/resources/public-data/');
    expect(await page.$$eval('#own .source figcaption', (captions) => captions.at(-1)?.textContent)).toBe(
      'The API has a handler for GET here, but not for POST',
    );
    await page.evaluate(`document.querySelector('#own header button').click()`);
    await page.waitForSelector('#own .body');
    expect(await page.$eval('#own .body', (body) => body.textContent)).toContain(
      '"Cannot POST /resources/public-data/"',
    );
    await page.close();
  });

  it('begins with a link that skips to the scenarios', async () => {
    const { page } = await open(sample.page);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the scenarios');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(`document.activeElement.closest('article').id`)).toBe('public-data');
    await page.close();
  });

  it('stacks the two documents in tabs on a phone, closed until one is asked for', async () => {
    const { page } = await open(sample.page, { width: 360 });
    await sendAll(page);
    const tabs = '#restricted-data [role=tab]';
    const shown = () =>
      page.evaluate(`[...document.querySelectorAll('#restricted-data .picture')].map((one) => one.checkVisibility())`);
    expect(await page.evaluate(`[...document.querySelectorAll('${tabs}')].map((tab) => tab.textContent)`)).toEqual([
      'This page ✓',
      'The stranger ✕',
    ]);
    expect(await shown()).toEqual([false, false]);
    expect(await page.evaluate('document.documentElement.scrollHeight')).toBeLessThan(9_000);

    await page.focus(tabs);
    await page.keyboard.press('Enter');
    expect(await shown()).toEqual([true, false]);
    await page.keyboard.press('ArrowRight');
    expect(await shown()).toEqual([false, true]);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('The stranger ✕');

    await page.setViewport({ width: 1280, height: 800 });
    await page.waitForFunction(`!document.querySelector('#restricted-data [hidden]')`);
    expect(await shown()).toEqual([true, true]);
    await page.close();
  });

  it('sends with the keyboard alone, and again without losing count', async () => {
    const { page } = await open(sample.page);
    await page.focus('#post-here-again button');
    // Often enough for the log of one exchange to fill up.
    for (let times = 1; times <= 6; times += 1) {
      await page.evaluate(`document.querySelector('#status').textContent = ''`);
      await page.keyboard.press('Enter');
      await page.waitForFunction(`document.querySelector('#status').textContent !== ''`);
      const pictures = (await page.evaluate(READ_PICTURES)) as Record<string, [Picture, Picture]>;
      expect(pictures['post-here-again']?.map(({ badge }) => badge)).toEqual(['✓ read', '✕ refused']);
      expect(pictures['post-here-again']?.[0].why).toMatch(/^The browser remembered/);
    }
    await page.close();
  });

  it.each(LOOKS)('fits $width pixels and is readable in $scheme', async (look) => {
    await expectReadable(sample, look, 20);
  });

  describe('of 04-tenants', () => {
    let tenants: RunningSample;
    beforeAll(async () => {
      tenants = await startSample('04-tenants');
    });
    afterAll(async () => {
      expect(await tenants?.stop()).toMatchObject({ code: 0, stderr: '' });
    });

    const openTenants = (look?: Look) => open(tenants.page, look, '#acme .origins code');

    const origins = async (page: Page): Promise<unknown> =>
      page.evaluate(`[...document.querySelectorAll('#acme .origins code')].map((code) => code.textContent)`);

    /** Clicks, and waits until the page has said what it did and both documents have sent again. */
    async function change(page: Page, selector: string, done: string, badges: readonly string[]): Promise<void> {
      await page.click(selector);
      await page.waitForFunction(`document.querySelector('#status').textContent === ${JSON.stringify(done)}`);
      const shown = `[...document.querySelectorAll('#acme .badge')].map((badge) => badge.textContent)`;
      await page.waitForFunction(`JSON.stringify(${shown}) === ${JSON.stringify(JSON.stringify(badges))}`);
    }

    it('refuses a page from the moment its origin is removed, and lets it in again when it is added', async () => {
      const { page, problems } = await openTenants();
      const { stranger } = tenants;
      expect(await origins(page)).toEqual(expect.arrayContaining([tenants.page, stranger, 'https://*.acme.example']));

      const remove = `#acme [aria-label="Remove ${stranger}"]`;
      await change(page, remove, `${stranger} was removed from acme.`, ['✓ read', '✕ refused']);
      expect(await origins(page)).not.toContain(stranger);
      const [, why] = await page.$$eval('#acme .picture .why', (lines) => lines.map((line) => line.textContent));
      expect(why).toContain(`The answer does not name ${stranger}, so the browser kept it from the page.`);

      await page.type('#acme-origin', stranger);
      await change(page, '#acme [type=submit]', `${stranger} was added to acme.`, ['✓ read', '✓ read']);
      expect(await origins(page)).toContain(stranger);
      expect(problems).toEqual([]);
      await page.close();
    });

    it('says while an origin is typed what is wrong with it, and writes it right', async () => {
      const { page } = await openTenants();
      await page.type('#globex-origin', 'HTTPS://App.Example.com/');
      const button = `[...document.querySelectorAll('#globex-advice button')].find((one) => one.textContent === 'Use https://app.example.com')`;
      await page.waitForFunction(button);
      expect(await page.$eval('#globex-advice p', (text) => text.textContent)).toContain(
        'is not how browsers write it',
      );
      expect(await page.$('#globex-origin[aria-invalid=true]')).not.toBeNull();
      await page.evaluate(`${button}.click()`);
      await page.waitForFunction(`document.querySelector('#globex-advice').childElementCount === 0`);
      expect(await page.$eval('#globex-origin', (input) => Reflect.get(input, 'value'))).toBe(
        'https://app.example.com',
      );
      await page.close();
    });

    it.each(LOOKS)('fits $width pixels and is readable in $scheme', async (look) => {
      const { page } = await openTenants(look);
      await page.type('#acme-origin', 'http://');
      await page.waitForSelector('#acme-advice p');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(look.width);
      const { seen, faint } = (await page.evaluate(FIND_FAINT_TEXT)) as { seen: number; faint: string[] };
      expect(seen).toBeGreaterThan(25);
      expect(faint).toEqual([]);
      expect(await page.evaluate(FIND_SMALL_TEXT)).toEqual([]);
      await page.close();
    });
  });

  describe('of 05-gateway', () => {
    let gateways: RunningSample;
    beforeAll(async () => {
      gateways = await startSample('05-gateway');
    });
    afterAll(async () => {
      expect(await gateways?.stop()).toMatchObject({ code: 0, stderr: '' });
    });

    it('shows who could open which socket, and the handshakes', async () => {
      const { page, problems } = await open(gateways.page);
      await sendAll(page, 6);
      expect(await page.evaluate(READ_OVERVIEW)).toEqual([
        ['', 'This page', 'The stranger'],
        ['Over a WebSocket', '✓ read', '✕ refused'],
        ['Over polling', '✓ read', '✕ refused'],
        ['With the visitor’s cookie', '✓ read', '✕ refused'],
      ]);
      expect(await page.$eval('#status', (status) => status.textContent)).toBe(
        '6 requests sent, 3 answers read, 3 refused.',
      );
      const pictures = (await page.evaluate(READ_PICTURES)) as Record<string, [Picture, Picture]>;
      const arrows = Object.fromEntries(
        Object.entries(pictures).map(([name, sides]) => [name, sides.map((side) => side.arrows)]),
      );
      const handshake = (call: string, path: string, answer: string, end: string): readonly string[] => [
        `page to browser: ${call}`,
        `browser to API: GET ${path}`,
        `API to browser: ${answer}`,
        `browser to page: ${end}`,
      ];
      const switching = '101 Switching Protocols';
      const forbidden = '403 Forbidden';
      expect(arrows).toEqual({
        'chat-websocket': [
          handshake('io()', '/socket.io/', switching, 'said'),
          handshake('io()', '/socket.io/', forbidden, 'connect_error'),
        ],
        'chat-polling': [
          handshake('io()', '/socket.io/', '200 OK', 'said'),
          handshake('io()', '/socket.io/', forbidden, 'connect_error'),
        ],
        'ticker-cookie': [
          handshake('new WebSocket()', '/ticker', switching, 'message'),
          handshake('new WebSocket()', '/ticker', forbidden, 'error'),
        ],
      });
      const [, refused] = pictures['ticker-cookie'] ?? [];
      expect(refused?.headers[1]).toMatchObject({ origin: gateways.stranger, cookie: 'pageAccess=2' });
      expect(pictures['chat-polling']?.[0].headers[2]).toMatchObject({
        'access-control-allow-origin': gateways.page,
        'access-control-allow-credentials': 'true',
        vary: 'Origin',
      });
      // The browser says in its console that it was refused.
      expect(problems.filter((problem) => !problem.includes('Unexpected response code: 403'))).toEqual([]);
      await page.close();
    });

    it.each(LOOKS)('fits $width pixels and is readable in $scheme', async (look) => {
      await expectReadable(gateways, look, 6);
    });
  });

  it('says so when the sample has ended meanwhile', async () => {
    const other = await startSample('01-quick-start');
    const { page } = await open(other.page);
    await other.stop();
    await page.click('#public-data button');
    await page.waitForFunction(`document.querySelector('#failure').textContent !== ''`);
    expect(await page.$eval('#failure', (failure) => failure.textContent)).toBe(
      'The log could not be read. Is the sample still running?',
    );
    await page.close();
  });
});
