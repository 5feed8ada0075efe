/** The site, as `npm run docs` has built it: its links, and each page in a real Chromium. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import type { Page } from 'puppeteer-core';
import { builtFiles, builtPages, IS_ALIVE, servedSite, SITE } from './site/built-site.js';
import { axeIn, describeInChromium, type Look, setLook, watchedPage } from './watched-page.js';

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

describeInChromium('the site in a browser', (browser) => {
  const site = servedSite();

  /** Opens a page, and waits until the site's own code has taken it over. */
  async function open(path: string, look?: Partial<Look>): Promise<[Page, string[]]> {
    const [page, problems] = await watchedPage(browser(), site(), look);
    await page.goto(`${site()}${path}`);
    await page.waitForFunction(IS_ALIVE);
    return [page, problems];
  }

  it.each(pages.map(({ path }) => path))(
    '%s loads nothing from elsewhere, fits 360 pixels, and axe finds nothing, in light and in dark',
    async (path) => {
      const [page, problems] = await open(path);
      expect(await axeIn(page)).toEqual([]);

      await setLook(page, { width: 360, scheme: 'dark' });
      await page.waitForFunction(`document.documentElement.classList.contains('dark')`);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      expect(await axeIn(page)).toEqual([]);
      expect(problems).toEqual([]);
      await page.close();
    },
    120_000,
  );

  it('fits every window, at both ends of each layout', async () => {
    const widths = [320, 767, 768, 959, 960, 1279, 1280];
    const [page, problems] = await open('/start');
    const seen: unknown[] = [];
    for (const width of widths) {
      await setLook(page, { width, scheme: 'light' });
      seen.push(await page.evaluate('document.documentElement.scrollWidth'));
    }
    expect(seen).toEqual(widths);
    expect(problems).toEqual([]);
    await page.close();
  });

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
    const [page, problems] = await open('/start', { width: 360 });
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
