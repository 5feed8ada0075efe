/** The site, as `npm run docs` has built it: its links, and each page in a real Chromium. */
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, launch, type Page } from 'puppeteer-core';
import { findChromium } from './engines/chromium.js';
import { CHROMIUM_ARGS } from './engines/puppeteer.engine.js';
import { builtFiles, builtPages, serveSite, SITE } from './site/built-site.js';

const chromium = findChromium();
const describeInChromium = chromium === '' ? describe.skip : describe;
const title =
  chromium === '' ? 'the site in a browser (skipped: install the package chromium)' : 'the site in a browser';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const pages = builtPages();

describe('the built site', () => {
  it('has the parts that it promises', () => {
    expect(pages.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        '/',
        '/404',
        '/start',
        '/options',
        '/policy-rules',
        '/errors',
        '/api/',
        '/api/nestjs-cors',
      ]),
    );
  });

  it('documents what people call, and not what only Nest calls', () => {
    const headings = pages.filter(({ path }) => path.startsWith('/api/')).flatMap(({ ids }) => [...ids]);
    const ofNest = ['configure', 'onmoduleinit', 'onapplicationbootstrap', 'onapplicationshutdown'];

    expect(headings).toEqual(expect.arrayContaining(['forroot', 'forrootasync', 'explain']));
    expect(headings.filter((id) => ofNest.includes(id))).toEqual([]);
  });

  it('links only to pages and headings that are there', () => {
    const byPath = new Map(pages.map((page) => [page.path, page]));
    const dead = pages.flatMap(({ path, links }) =>
      links
        .filter((link) => {
          const { origin, pathname, hash } = new URL(link, `http://site${path}`);
          const target = byPath.get(pathname);
          return origin === 'http://site' && target?.ids.has(decodeURIComponent(hash.slice(1))) !== true;
        })
        .map((link) => `${path}: ${link}`),
    );

    expect(pages.flatMap(({ links }) => links).length).toBeGreaterThan(500);
    expect(dead).toEqual([]);
  });

  it('names no other host in what a browser loads for it', async () => {
    const resources = pages.flatMap((page) => page.resources);
    expect(resources.length).toBeGreaterThan(pages.length * 3);
    expect(resources.filter((resource) => !/^(?:\/(?!\/)|data:)/.test(resource))).toEqual([]);

    const styles = await Promise.all(builtFiles('.css').map((file) => readFile(`${SITE}${file}`, 'utf8')));
    const urls = styles.flatMap((style) => [...style.matchAll(/url\(["']?([^)]*)|@import ([^;]*)/g)]);
    expect(
      urls.map(([, url, imported]) => url ?? imported).filter((url) => !/^(?:\/(?!\/)|data:)/.test(url ?? '')),
    ).toEqual([]);
  });
});

describeInChromium(title, () => {
  let browser: Browser;
  let origin: string;
  let server: Server;
  beforeAll(async () => {
    ({ origin, server } = await serveSite());
    browser = await launch({ browser: 'chrome', executablePath: chromium, headless: true, args: [...CHROMIUM_ARGS] });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  type Scheme = 'light' | 'dark';

  async function look(page: Page, width: number, scheme: Scheme): Promise<void> {
    await page.setViewport({ width, height: 800 });
    await page.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value: scheme },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ]);
  }

  /** Opens a page, with what went wrong in it: what its Content-Security-Policy blocks is among that. */
  async function open(path: string, width = 1280, scheme: Scheme = 'light'): Promise<[Page, string[]]> {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warn') {
        problems.push(message.text());
      }
    });
    page.on('requestfailed', (request) => problems.push(request.url()));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:')) {
        problems.push(`goes elsewhere: ${request.url()}`);
      }
    });
    await look(page, width, scheme);
    await page.goto(`${origin}${path}`, { waitUntil: 'networkidle0' });
    return [page, problems];
  }

  async function axeIn(page: Page): Promise<unknown[]> {
    await page.evaluate(AXE);
    const { violations, passes } = (await page.evaluate(`axe.run()`)) as {
      violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
      passes: unknown[];
    };
    expect(passes.length).toBeGreaterThan(10);
    return violations.map(({ id, nodes }) => [
      id,
      nodes.length,
      nodes.slice(0, 3).map(({ html, failureSummary }) => [html.slice(0, 300), failureSummary]),
    ]);
  }

  it.each(pages.map(({ path }) => path))(
    '%s loads nothing from elsewhere, fits 360 pixels, and axe finds nothing, in light and in dark',
    async (path) => {
      const [page, problems] = await open(path);
      expect(await axeIn(page)).toEqual([]);

      await look(page, 360, 'dark');
      await page.waitForFunction(`document.documentElement.classList.contains('dark')`);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      expect(await axeIn(page)).toEqual([]);
      expect(problems).toEqual([]);
      await page.close();
    },
    120_000,
  );

  it('finds an error code by the search, with the keyboard alone', async () => {
    const [page, problems] = await open('/');
    await page.keyboard.press('/');
    await page.waitForSelector('.VPLocalSearchBox input');
    await page.keyboard.type('origin-not-serialized');
    await page.waitForSelector('.VPLocalSearchBox .result');
    expect(await axeIn(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.waitForFunction(`location.pathname !== '/'`);
    expect(new URL(page.url())).toMatchObject({ pathname: '/errors', hash: '#origin-not-serialized' });
    expect(problems).toEqual([]);
    await page.close();
  });

  it('keeps the theme that a visitor chooses', async () => {
    const [page] = await open('/start');
    const dark = `document.documentElement.classList.contains('dark')`;
    await page.click('.VPNavBar .VPSwitchAppearance');
    await page.waitForFunction(dark);
    await page.reload();
    expect(await page.evaluate(dark)).toBe(true);
    await page.evaluate('localStorage.clear()');
    await page.close();
  });

  it('opens its menus on a phone', async () => {
    const [page, problems] = await open('/start', 360);
    await page.click('.VPNavBarHamburger');
    await page.waitForSelector('.VPNavScreen');
    expect(await axeIn(page)).toEqual([]);
    await page.click('.VPNavBarHamburger');
    await page.waitForFunction(`document.querySelector('.VPNavScreen') === null`);
    await page.click('.VPLocalNav .menu');
    await page.waitForSelector('.VPSidebar.open');
    expect(await axeIn(page)).toEqual([]);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('says what is not there', async () => {
    const [page] = await open('/no-such-page');
    expect(await page.$eval('h1', (heading) => heading.textContent)).toBe('Page not found');
    await page.close();
  });
});
