import { execFileSync } from 'node:child_process';
import type { EngineName, RealEngine } from './engine.js';
import { PuppeteerEngine } from './puppeteer.engine.js';
import { WebkitEngine } from './webkit.engine.js';

/** An engine of this machine, or the packages that it lacks. */
export interface EngineOffer {
  readonly name: EngineName;
  readonly missing: readonly string[];
  start(): Promise<RealEngine>;
}

/** Whether an engine that is missing is a failure: it is where all are meant to run. */
export const ENGINES_ARE_REQUIRED = process.env['BROWSERS'] === 'required';

export const ENGINE_OFFERS: readonly EngineOffer[] = [
  offer('Chromium', { chromium: which('chromium') }, ({ chromium }) => PuppeteerEngine.start('chrome', chromium)),
  offer('Firefox', { 'firefox-esr': which('firefox-esr') }, (found) =>
    PuppeteerEngine.start('firefox', found['firefox-esr']),
  ),
  offer(
    'WebKit',
    { 'webkit2gtk-driver': which('WebKitWebDriver'), xvfb: which('Xvfb'), 'libwebkit2gtk-4.1-0': findMiniBrowser() },
    (found) => WebkitEngine.start(found['webkit2gtk-driver'], found['libwebkit2gtk-4.1-0']),
  ),
];

/** `found`: Debian's packages, and the program that each brings; empty if it is not there. */
function offer<Package extends string>(
  name: EngineName,
  found: Readonly<Record<Package, string>>,
  start: (found: Readonly<Record<Package, string>>) => Promise<RealEngine>,
): EngineOffer {
  const missing = Object.keys(found).filter((key) => found[key as Package] === '');
  return { name, missing, start: () => start(found) };
}

/** Where a program is; empty if it is not there. */
export function which(program: string): string {
  return output('sh', ['-c', `command -v ${program}`]).trim();
}

export function findMiniBrowser(): string {
  return /^.*\/MiniBrowser$/m.exec(output('dpkg', ['-L', 'libwebkit2gtk-4.1-0']))?.[0] ?? '';
}

/** Empty if the program says no, or is not there. */
function output(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

export function isMissing({ missing }: EngineOffer): boolean {
  return missing.length > 0;
}
