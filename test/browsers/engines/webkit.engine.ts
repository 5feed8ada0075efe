import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../../support/free-port.js';
import type { RealEngine, SeenByKey, Tab } from './engine.js';
import { runExpression } from './engine.js';
import { WebDriver } from './web-driver.js';

/** WebKitGTK's MiniBrowser on a display of its own. */
export class WebkitEngine implements RealEngine {
  private constructor(
    private readonly driver: WebDriver,
    private readonly processes: readonly ChildProcess[],
  ) {}

  static async start(webDriver: string, miniBrowser: string): Promise<WebkitEngine> {
    const xvfb = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '800x600x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const processes: ChildProcess[] = [xvfb];
    try {
      const display = await displayOf(xvfb);
      const port = await freePort();
      const service = spawn(webDriver, [`--port=${port}`], {
        stdio: 'ignore',
        env: {
          ...process.env,
          DISPLAY: `:${display}`,
          WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
          WEBKIT_DISABLE_COMPOSITING_MODE: '1',
        },
      });
      processes.unshift(service);
      const capabilities = { 'webkitgtk:browserOptions': { binary: miniBrowser, args: ['--automation'] } };
      const isRunning = (): boolean => service.exitCode === null && service.signalCode === null;
      const driver = await WebDriver.connect(`http://127.0.0.1:${port}`, capabilities, isRunning);
      return new WebkitEngine(driver, processes);
    } catch (error) {
      await stop(processes);
      throw error;
    }
  }

  get version(): string {
    return this.driver.browserVersion;
  }

  visit(url: string): Promise<void> {
    return this.driver.goTo(url);
  }

  async run(tab: Tab): Promise<SeenByKey> {
    await this.visit(tab.url);
    return (await this.evaluate(runExpression(tab))) as SeenByKey;
  }

  evaluate(expression: string): Promise<unknown> {
    return this.driver.evaluate(expression);
  }

  async close(): Promise<void> {
    try {
      await this.driver.quit();
    } finally {
      await stop(this.processes);
    }
  }
}

/** The display that Xvfb has chosen: it writes the number once it is ready. */
async function displayOf(xvfb: ChildProcess): Promise<string> {
  const pipe = xvfb.stdio[3];
  if (!pipe) {
    throw new Error('Xvfb has no pipe to say its display on');
  }
  const ended = once(xvfb, 'exit').then(() => {
    throw new Error('Xvfb has ended');
  });
  const [line] = (await Promise.race([once(pipe, 'data'), ended])) as [Buffer];
  return line.toString().trim();
}

async function stop(processes: readonly ChildProcess[]): Promise<void> {
  for (const process of processes) {
    if (process.exitCode !== null || process.signalCode !== null) {
      continue;
    }
    const ended = once(process, 'exit');
    process.kill();
    await ended;
  }
}
