import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { launch } from 'puppeteer-core';
import { freePort } from '../../support/free-port.js';
import { CHROMIUM_ARGS } from '../engines/puppeteer.engine.js';
import { Marionette } from './marionette.js';

/** Opens a page, and gives what its console shows as soon as that is enough. */
export type ConsoleReader = (program: string, url: string, isEnough: IsEnough) => Promise<readonly string[]>;

type IsEnough = (lines: readonly string[]) => boolean;

/** Chromium's console is an event of its DevTools protocol. */
export async function readChromium(
  executablePath: string,
  url: string,
  isEnough: IsEnough,
): Promise<readonly string[]> {
  const browser = await launch({ executablePath, headless: true, args: [...CHROMIUM_ARGS] });
  try {
    const page = await browser.newPage();
    const lines: string[] = [];
    const enough = new Promise<void>((resolve) => {
      page.on('console', (message) => {
        lines.push([message.text(), message.location().url ?? ''].join(' '));
        if (isEnough(lines)) {
          resolve();
        }
      });
    });
    await page.goto(url);
    await enough;
    return lines;
  } finally {
    await browser.close();
  }
}

/** Firefox gives it to its own pages only: it is asked as one of them. */
export async function readFirefox(program: string, url: string, isEnough: IsEnough): Promise<readonly string[]> {
  const profile = mkdtempSync(join(tmpdir(), 'firefox-'));
  const port = await freePort();
  writeFileSync(join(profile, 'user.js'), `user_pref('marionette.port', ${port});\n`);
  const args = ['--headless', '--marionette', '--remote-allow-system-access', '--no-remote', '--profile', profile];
  const firefox = spawn(program, args, { stdio: 'ignore' });
  try {
    const marionette = await Marionette.connect(port, () => isRunning(firefox));
    await marionette.command('WebDriver:NewSession', {});
    await marionette.command('WebDriver:Navigate', { url });
    await marionette.command('Marionette:SetContext', { value: 'chrome' });
    const script = `return Services.console.getMessageArray()
      .filter((message) => message instanceof Ci.nsIScriptError)
      .map(({ errorMessage }) => errorMessage)`;
    for (;;) {
      const { value } = (await marionette.command('WebDriver:ExecuteScript', { script, args: [] })) as {
        value: string[];
      };
      if (isEnough(value)) {
        marionette.close();
        return value;
      }
    }
  } finally {
    await end(firefox);
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** WebKitGTK's option says "stdout", and it writes to the standard error. */
export async function readWebkit(program: string, url: string, isEnough: IsEnough): Promise<readonly string[]> {
  const xvfb = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '800x600x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const started: ChildProcess[] = [xvfb];
  const home = mkdtempSync(join(tmpdir(), 'webkit-'));
  try {
    const [display] = (await once(xvfb.stdio[3] ?? xvfb, 'data')) as [Buffer];
    const browser = spawn(program, ['--enable-write-console-messages-to-stdout=true', url], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        HOME: home,
        DISPLAY: `:${display.toString().trim()}`,
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
        WEBKIT_DISABLE_COMPOSITING_MODE: '1',
      },
    });
    started.unshift(browser);
    const lines: string[] = [];
    for await (const line of createInterface({ input: browser.stderr })) {
      lines.push(line.replace(/^.*?\bCONSOLE (?:[A-Z]+ )+/, ''));
      if (isEnough(lines)) {
        return lines;
      }
    }
    throw new Error(`MiniBrowser has ended: ${lines.join('\n')}`);
  } finally {
    for (const process of started) {
      await end(process);
    }
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

async function end(process: ChildProcess): Promise<void> {
  if (isRunning(process)) {
    const ended = once(process, 'exit');
    process.kill();
    await ended;
  }
}
