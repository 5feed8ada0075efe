/** The inspector in a real Chromium, on both platforms: from the sources of the server, and the page as it was built. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'puppeteer-core';
import { APP } from '../cases/cors-case.js';
import { startInspected, startInspectedSocket } from '../inspector/inspected-app.js';
import type { RunningApp } from '../support/running-app.js';
import { BOTH_PLATFORMS, EXPRESS } from '../support/ways.js';
import { axeIn, describeInChromium, type Look, LOOKS, watchedPage } from './watched-page.js';

// What runs in the page is a string: the rest of this file has no business with a document.
const SHOWN_POLICIES = `[...document.querySelectorAll('.policies > li:not([hidden]) summary')].map((one) =>
  [...one.children].map((part) => part.textContent))`;
/** Every text below 12 pixels. */
const FIND_SMALL_TEXT = `[...document.querySelectorAll('*')]
  .filter((one) => one.checkVisibility() && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''))
  .filter((one) => parseFloat(getComputedStyle(one).fontSize) < 12)
  .map((one) => one.outerHTML)`;
const WHY = `document.querySelector('.result .why')?.textContent`;

describeInChromium('the inspector', (browser) => {
  async function open(app: RunningApp, hash = '', look?: Partial<Look>): Promise<[Page, string[]]> {
    const origin = `http://127.0.0.1:${app.port}`;
    const [page, problems] = await watchedPage(browser(), origin, look);
    await page.goto(`${origin}/cors${hash}`);
    await page.waitForSelector('main section');
    return [page, problems];
  }

  describe.each(BOTH_PLATFORMS)('on %s', (_, way) => {
    let app: RunningApp;
    beforeAll(async () => {
      app = await startInspected(way);
    });

    it('finds a route, and shows its policy with the layer of each key', async () => {
      const [page, problems] = await open(app);
      expect((await page.evaluate(SHOWN_POLICIES)) as unknown[]).toHaveLength(7);
      await page.type('#find', 'put rename');
      expect(await page.evaluate(SHOWN_POLICIES)).toEqual([['PUT', '/cats/:id', 'CatsController.rename', APP]]);
      expect(await page.$eval('.count', (count) => count.textContent)).toBe('1 of 7');
      await page.click('.policies > li:not([hidden]) summary');
      const rows =
        await page.evaluate(`[...document.querySelectorAll('.policies > li:not([hidden]) tbody tr')].map((row) =>
        [...row.cells].map((cell) => cell.textContent))`);
      expect(rows).toEqual(
        expect.arrayContaining([
          ['origin', APP, 'forRoot'],
          ['credentials', 'allowed', 'forRoot'],
          ['allowedHeaders', 'X-Known', 'CatsController.rename'],
          ['maxAge', 'not sent', 'default'],
        ]),
      );
      expect(problems).toEqual([]);
      await page.close();
    });

    it('draws what would happen to a request, with the step that fails and the line to change', async () => {
      const [page, problems] = await open(app, '#ask');
      await fill(page, 'origin', APP);
      await page.select('[name=method]', 'PUT');
      await fill(page, 'url', '/cats/1');
      await page.type('[name=headers]', 'X-Trace: 7');
      await page.click('.question .primary');
      await page.waitForFunction(`${WHY} !== undefined`);
      expect(await page.evaluate(WHY)).toMatch(
        /^The preflight is refused, so the browser never sent the PUT\. .*x-trace/,
      );
      expect(await page.$eval('.result .change', (change) => change.textContent)).toBe(
        "@Cors({ allowedHeaders: { add: ['X-Trace'] } })",
      );
      expect(await page.$eval('.result .headers .bad', (line) => line.textContent)).toBe(
        'Access-Control-Request-Headersx-trace',
      );

      // Without the header it passes.
      await fill(page, 'headers', '');
      await page.click('.question .primary');
      await page.waitForFunction(`document.querySelector('.result .read') !== null`);
      expect(await page.evaluate(WHY)).toMatch(/^The answer to the preflight allows PUT/);
      expect(problems).toEqual([]);
      await page.close();
    });

    it('shows a refusal as it arrives', async () => {
      const [page, problems] = await open(app, '#refused');
      await page.waitForFunction(`/since/.test(document.querySelector('section:not([hidden]) .count').textContent)`);
      await app.send({ path: '/cats', origin: 'https://<img src=x>.example' });
      await app.send({ path: '/cats', origin: 'https://stranger.example' });
      await page.waitForFunction(`document.querySelectorAll('.origins li').length === 2`);
      expect(await page.$eval('.refusals', (list) => list.textContent)).toContain('CatsController.list');
      expect(await page.$eval('.origins', (list) => list.textContent)).toContain('https://<img src=x>.example');
      expect(await page.$('.tally img')).toBe(null);
      expect(await page.$eval('.badge-count', (badge) => badge.textContent)).toBe(' 2');

      // And it leads to the question about it.
      await page.evaluate(`[...document.querySelectorAll('.refusals a')].at(-1).click()`);
      await page.waitForFunction(`${WHY} !== undefined`);
      expect(await page.evaluate(WHY)).toContain('https://stranger.example');
      expect(problems).toEqual([]);
      await page.close();
    });
  });

  describe.each(BOTH_PLATFORMS)('of an application with a gateway, on %s', (_, way) => {
    let app: RunningApp;
    let foreign: Server;
    beforeAll(async () => {
      app = await startInspectedSocket(way);
      foreign = createServer((_request, response) =>
        response.setHeader('Content-Type', 'text/html').end('<p>A page</p>'),
      );
      await once(foreign.listen(0, '127.0.0.1'), 'listening');
    });
    afterAll(() => {
      foreign.close();
    });

    /** Opens a socket from a page of its own origin, and says how that went. */
    async function openFromElsewhere(): Promise<{ readonly origin: string; readonly went: unknown }> {
      const { port } = foreign.address() as AddressInfo;
      const page = await browser().newPage();
      await page.goto(`http://127.0.0.1:${port}/`);
      const went = await page.evaluate(`new Promise((resolve) => {
        const socket = new WebSocket('ws://127.0.0.1:${app.port}/ticker');
        socket.onopen = () => resolve('open');
        socket.onerror = () => resolve('refused');
      })`);
      await page.close();
      return { origin: `http://127.0.0.1:${port}`, went };
    }

    it('shows the refused handshake of a page elsewhere as it arrives, and leads to the question about it', async () => {
      const [page, problems] = await open(app, '#refused');
      await page.waitForFunction(`/since/.test(document.querySelector('section:not([hidden]) .count').textContent)`);
      const { origin, went } = await openFromElsewhere();
      expect(went).toBe('refused');
      await page.waitForFunction(`document.querySelector('.refusals li') !== null`);
      expect(await page.$$eval('.refusals li p', (lines) => lines.map((line) => line.textContent))).toEqual([
        'TickerGateway SOCKET /ticker',
        'origin the origin is not allowed, at the handshake of a socket',
        expect.stringMatching(new RegExp(`^last .*, from ${origin} · Ask about this socket$`)),
      ]);
      expect(await page.$$eval('.origins code', (names) => names.map((name) => name.textContent))).toEqual([origin]);
      expect(await axeIn(page)).toEqual([]);

      // By keyboard alone.
      await tabTo(page, 'Ask about this socket');
      await page.keyboard.press('Enter');
      await page.waitForFunction(`document.querySelector('.result .note-line') !== null`);
      expect(await page.$eval('[name=method]', ({ value }) => value)).toBe('SOCKET');
      const said = await page.$$eval('.result p', (lines) => lines.map((line) => line.textContent));
      expect(said[0]).toBe('The socket is refused with 403.');
      expect(said.join('\n')).toContain(origin);
      expect(said.at(-1)).toBe('Reaches TickerGateway');
      expect(await axeIn(page)).toEqual([]);
      expect(problems).toEqual([]);
      await page.close();
    });

    it.each([
      [360, 'light'],
      [360, 'dark'],
      [1280, 'light'],
      [1280, 'dark'],
    ] as const)('lists the gateway, by keyboard alone, in %d pixels and in %s', async (width, scheme) => {
      const [page, problems] = await open(app, '', { width, scheme });
      await page.focus('#find');
      await page.keyboard.type('socket');
      expect(await page.evaluate(SHOWN_POLICIES)).toEqual([['SOCKET', '/ticker', 'TickerGateway', APP]]);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.$eval('.policies > li:not([hidden]) tbody', (rows) => rows.textContent)).toContain(
        `origin${APP}TickerGateway`,
      );
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(await axeIn(page)).toEqual([]);
      await tabTo(page, 'Ask about this socket');
      await page.keyboard.press('Enter');
      await page.waitForFunction(`document.querySelector('.result .note-line') !== null`);
      expect(await page.$eval('.result .note-line', (note) => note.textContent)).toBe('The socket is opened.');
      expect(problems).toEqual([]);
      await page.close();
    });
  });

  describe('for everyone', () => {
    let app: RunningApp;
    beforeAll(async () => {
      app = await startInspected(EXPRESS);
      await app.send({ path: '/cats', origin: 'https://stranger.example' });
      await app.preflight('/cats/1', 'PUT', APP, 'x-trace');
    });

    it('works by keyboard alone', async () => {
      const [page] = await open(app);
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.id')).toBe('find');
      await page.keyboard.type('rename');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await tabTo(page, 'Ask about this route');
      await page.keyboard.press('Enter');
      await page.waitForFunction(`document.activeElement.textContent === 'Ask'`);
      await page.waitForFunction(`${WHY} !== undefined`);
      expect(await page.evaluate(`document.querySelector('[name=url]').value`)).toBe('/cats/:id');
      await tabTo(page, 'origin');
      await page.keyboard.type(APP);
      await tabTo(page, 'headers');
      await page.keyboard.type('X-Trace: 1');
      await tabTo(page, 'Ask');
      await page.keyboard.press('Enter');
      await page.waitForFunction(`(${WHY} ?? '').includes('x-trace')`);
      await page.close();
    });

    it.each(
      ['#policies', '#ask?method=PUT&url=/cats/1&headers=X-Trace', '#refused'].flatMap((hash) =>
        LOOKS.map(({ width, scheme }) => [hash, width, scheme] as const),
      ),
    )('%s fits %d pixels, and axe finds nothing in %s', async (hash, width, scheme) => {
      const [page, problems] = await open(app, hash, { width, scheme });
      const ready = {
        '#policies': `document.querySelector('.policies') !== null`,
        '#refused': `document.querySelector('.refusals li') !== null`,
      }[hash];
      await page.waitForFunction(ready ?? `${WHY} !== undefined`);
      await page.evaluate(`document.querySelectorAll('details').forEach((one) => { one.open = true; })`);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(await page.evaluate(FIND_SMALL_TEXT)).toEqual([]);
      if (process.env['SCREENSHOTS'] !== undefined) {
        const name: `${string}.png` = `${process.env['SCREENSHOTS']}/${hash.slice(1, 4)}-${width}-${scheme}.png`;
        await page.screenshot({ path: name, fullPage: true });
      }
      expect(problems).toEqual([]);

      expect(await axeIn(page)).toEqual([]);
      await page.close();
    });

    it.each([
      ['PUT', 'PUT', 'the PUT'],
      ['put', 'PUT', 'the PUT'],
      ['Delete', 'DELETE', 'the DELETE'],
      ['options', 'OPTIONS', 'the OPTIONS'],
      // Browsers send these as they are written.
      ['patch', 'patch', 'the patch'],
      ['QUERY', 'QUERY', 'the QUERY'],
      ['socket', 'SOCKET', 'The socket'],
    ])('reads the method %s of a link as browsers send it', async (linked, chosen, said) => {
      const [page, problems] = await open(app, `#ask?method=${linked}&url=/cats/1&origin=https://stranger.example`);
      await page.waitForFunction(`document.querySelector('.result').childElementCount > 0`);
      expect(await page.$eval('[name=method]', ({ value }) => value)).toBe(chosen);
      expect(await page.$eval('.result', (result) => result.textContent)).toContain(said);
      expect(problems).toEqual([]);
      await page.close();
    });

    it('leaves the method as it is where a link has none', async () => {
      const [page, problems] = await open(app, '#ask?method=&url=/cats');
      await page.waitForFunction(`${WHY} !== undefined`);
      expect(await page.$eval('[name=method]', ({ value }) => value)).toBe('GET');
      expect(problems).toEqual([]);
      await page.close();
    });

    it('says so when the application has ended', async () => {
      const other = await startInspected(EXPRESS);
      const [page] = await open(other, '#refused');
      await other.close();
      await page.waitForFunction(`document.querySelector('section:not([hidden]) .failure').textContent !== ''`);
      expect(await page.$eval('section:not([hidden]) .failure', (failure) => failure.textContent)).toBe(
        'The application does not answer. Is it still running?',
      );
      await page.close();
    });
  });
});

/** Presses Tab until this has the focus. */
async function tabTo(page: Page, text: string): Promise<void> {
  const focused = async () => page.evaluate(`document.activeElement.textContent || document.activeElement.name`);
  for (let times = 0; times < 40 && (await focused()) !== text; times += 1) {
    await page.keyboard.press('Tab');
  }
  expect(await focused()).toBe(text);
}

async function fill(page: Page, name: string, text: string): Promise<void> {
  await page.evaluate(`document.querySelector('[name=${name}]').value = ''`);
  await page.type(`[name=${name}]`, text);
}
