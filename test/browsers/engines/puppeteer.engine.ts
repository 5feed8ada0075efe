import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, launch, type Page } from 'puppeteer-core';
import type { RealEngine, SeenByKey, Tab } from './engine.js';
import { runExpression } from './engine.js';

/** As root there is no sandbox to be had; and nothing is to be asked for that no scenario asks for. */
export const CHROMIUM_ARGS: readonly string[] = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A server that has refused a WebSocket is otherwise left alone for a while, and for longer each time. */
const extraPrefsFirefox = { 'network.websocket.delay-failed-reconnects': false };

/** Chromium by its DevTools protocol, Firefox by WebDriver BiDi. */
export class PuppeteerEngine implements RealEngine {
  private constructor(
    private readonly browser: Browser,
    private readonly page: Page,
    private readonly profile: string | null,
    readonly version: string,
  ) {}

  static async start(kind: 'chrome' | 'firefox', executablePath: string): Promise<PuppeteerEngine> {
    const args = kind === 'chrome' ? [...CHROMIUM_ARGS] : [];
    const profile = kind === 'chrome' ? chromiumProfile() : null;
    const options = {
      browser: kind,
      executablePath,
      headless: true,
      args,
      protocolTimeout: 600_000,
      extraPrefsFirefox,
    };
    const browser = await launch(profile === null ? options : { ...options, userDataDir: profile });
    const version = /[\d.]+/.exec(await browser.version())?.[0] ?? 'unknown';
    return new PuppeteerEngine(browser, await browser.newPage(), profile, version);
  }

  async visit(url: string): Promise<void> {
    await this.page.goto(url);
  }

  async run(tab: Tab): Promise<SeenByKey> {
    await this.visit(tab.url);
    return (await this.evaluate(runExpression(tab))) as SeenByKey;
  }

  evaluate(expression: string): Promise<unknown> {
    return this.page.evaluate(expression);
  }

  async close(): Promise<void> {
    await this.browser.close();
    if (this.profile !== null) {
      rmSync(this.profile, { recursive: true, force: true, maxRetries: 3 });
    }
  }
}

/** Debian's Chromium blocks cookies between sites by default, Google's does not: the scenarios want to see SameSite decide. */
function chromiumProfile(): string {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  mkdirSync(join(profile, 'Default'));
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify({ profile: { cookie_controls_mode: 0 } }));
  return profile;
}
