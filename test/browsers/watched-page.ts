/** Pages in a real Chromium, with what goes wrong in them, and what axe finds. */
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Browser, launch, type Page } from 'puppeteer-core';
import { findChromium } from './engines/chromium.js';
import { CHROMIUM_ARGS } from './engines/puppeteer.engine.js';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** One browser for all tests of a group. Where none is installed they are reported as skipped, not as passed. */
export function describeInChromium(what: string, tests: (browser: () => Browser) => void): void {
  const executablePath = findChromium();
  const isHere = executablePath !== '';
  const describeHere = isHere ? describe : describe.skip;
  describeHere(isHere ? what : `${what} (skipped: install the package chromium)`, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      browser = await launch({ browser: 'chrome', executablePath, headless: true, args: [...CHROMIUM_ARGS] });
    }, 60_000);
    afterAll(async () => browser?.close());
    tests(() => browser ?? raise('the browser has not been started'));
  });
}

function raise(message: string): never {
  throw new Error(message);
}

export type Scheme = 'light' | 'dark';

export interface Look {
  readonly width: number;
  readonly scheme: Scheme;
}

export const LOOKS: readonly Look[] = [360, 1280].flatMap((width) =>
  (['light', 'dark'] as const).map((scheme) => ({ width, scheme })),
);

export const DESKTOP: Look = { width: 1280, scheme: 'light' };

export async function setLook(page: Page, { width, scheme }: Look): Promise<void> {
  await page.setViewport({ width, height: 800 });
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: scheme },
    { name: 'prefers-reduced-motion', value: 'reduce' },
  ]);
}

/** A tab, and what goes wrong in it: all that its console says, what its security policy blocks, what goes to another origin. */
export async function watchedPage(
  browser: Browser,
  origin: string,
  look: Partial<Look> = {},
): Promise<[Page, string[]]> {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => problems.push(message.text()));
  page.on('requestfailed', (request) => problems.push(request.url()));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:')) {
      problems.push(`goes elsewhere: ${request.url()}`);
    }
  });
  await setLook(page, { ...DESKTOP, ...look });
  return [page, problems];
}

/** What axe has to say, of the whole page or of what the selector names: nothing, if all is well. */
export async function axeIn(page: Page, within = ''): Promise<unknown[]> {
  if ((await page.evaluate('typeof axe')) === 'undefined') {
    await page.evaluate(AXE);
  }
  // Of what passes it is enough to know the rules. To name every element that passed takes twice as long as to check it.
  const { violations, passes } = (await page.evaluate(
    `axe.run(${within === '' ? 'document' : JSON.stringify(within)}, { resultTypes: ['violations'] })`,
  )) as {
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
