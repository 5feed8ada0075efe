/** The lines that docs/2am.md quotes are those that the consoles of the installed engines show, and none is missing. */
import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { EngineName } from '../engines/engine.js';
import { findMiniBrowser, which } from '../engines/installed-engines.js';
import { CONSOLE_CASES } from './console-cases.js';
import { readChromium, readFirefox, readWebkit, type ConsoleReader } from './console-readers.js';
import { ConsoleStage } from './console-stage.js';

const PAGE = new URL('../../../docs/2am.md', import.meta.url);

const CONSOLES: readonly (readonly [EngineName, string, ConsoleReader])[] = [
  ['Chromium', which('chromium'), readChromium],
  ['Firefox', which('firefox-esr'), readFirefox],
  ['WebKit', which('Xvfb') && findMiniBrowser(), readWebkit],
];

/** One page leads to the next, so what was said of the others has been said. */
function mentionsLastCase(lines: readonly string[]): boolean {
  return lines.some((line) => line.includes(`/${CONSOLE_CASES.at(-1)?.name}`));
}

/** What is about the failed calls, without what each console puts around it. */
function messageOf(line: string): string {
  return line.replace(/^((?:Access|Failed|WebSocket) .*) https?:\S+$/, '$1');
}

async function shownBy(read: ConsoleReader, program: string): Promise<readonly string[]> {
  const stage = new ConsoleStage(CONSOLE_CASES);
  await stage.open();
  try {
    const lines = await read(program, stage.start, mentionsLastCase);
    return lines.map((line) => messageOf(stage.inDocumentation(line)));
  } finally {
    await stage.close();
  }
}

/** A browser says more than what a page causes; of that, all lines count. */
const OF_A_CALL =
  /CORS|Cross-Origin|Access-Control|access control|credentials flag|Preflight|WebSocket|load|connection to the server/;

describe.each(CONSOLES)('the console of %s', (name, program, read) => {
  const test = program === '' ? it.skip : it;

  test(`shows what docs/2am.md quotes${program === '' ? ' (skipped: it is not installed)' : ''}`, async () => {
    const text = await readFile(PAGE, 'utf8');
    const quoted = [...text.matchAll(new RegExp(`^- \\*\\*${name}\\*\\* \`(.+)\`$`, 'gm'))].map(
      ([, line = '']) => line,
    );
    const shown = (await shownBy(read, program)).filter((line) => OF_A_CALL.test(line));
    expect(new Set(shown)).toEqual(new Set(quoted));
  });
});
