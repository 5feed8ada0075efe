import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { EXCHANGES } from '../../docs/.vitepress/theme/exchanges.js';
import type { Facts } from '../../page/picture/types.js';
import { programsOf } from './blocks.js';
import { differencesOf } from './exchanges.js';
import { ROOT } from './pages.js';
import { runProgram } from './running.js';

const LANDING = { path: 'docs/index.md', text: await readFile(`${ROOT}docs/index.md`, 'utf8') };

/** The text of a page, with its lines joined. */
async function textOf(page: string): Promise<string> {
  return (await readFile(`${ROOT}docs/${page}`, 'utf8')).replaceAll(/\s+/g, ' ');
}

describe('the landing page', () => {
  it.each(['express', 'fastify'] as const)('draws what its program answers, on %s', async (platform) => {
    const [program] = programsOf(LANDING);
    if (program === undefined) {
      throw new Error('it has no program');
    }
    const running = await runProgram(program.block, platform, true);
    const differences: string[] = [];
    try {
      for (const { facts } of Object.values<{ facts: Facts }>(EXCHANGES)) {
        for (const { method, headers, answer } of facts.exchanges) {
          const request = {
            line: 0,
            start: `${method} ${facts.asked.path} HTTP/1.1`,
            headers,
            body: method === facts.asked.method ? facts.asked.body : undefined,
          };
          const start = `HTTP/1.1 ${answer?.status} ${answer?.reason}`;
          const isLast = method === facts.asked.method && facts.outcome.read;
          const body = isLast ? facts.outcome.body : undefined;
          differences.push(
            ...(await differencesOf(
              { request, response: { line: 0, start, headers: answer?.headers ?? [], body } },
              running.port,
            )),
          );
        }
      }
    } finally {
      await running.end();
    }
    expect(differences).toEqual([]);
  });

  it('has the figures of the pages that it links to', async () => {
    const [browsers, errors] = await Promise.all([textOf('browsers.md'), textOf('errors.md')]);
    const [, scenarios] = /\| all \| (\d+) \|/.exec(browsers) ?? [];
    const [, verdicts = ''] = /\| with another verdict \|([\s\d|]+)/.exec(browsers) ?? [];
    const worst = Math.max(...verdicts.split('|').map(Number));
    const codes = [...errors.matchAll(/### `/g)].length;

    const results = JSON.parse(await readFile(`${ROOT}docs/performance/results.json`, 'utf8')) as {
      bars: { what: string; met: boolean; figure: { value: number } }[];
    };
    const added = (platform: string): number =>
      results.bars.find(({ what }) => what === `added in Nest on ${platform}, allowed, against enableCors`)?.figure
        .value ?? Number.NaN;

    const landing = LANDING.text.replaceAll(/\s+/g, ' ');
    expect(landing).toContain(`<span class="figure">${scenarios}</span> scenarios`);
    expect(landing).toContain(`In at most ${worst} scenarios`);
    expect(landing).toContain(`<span class="figure">${added('fastify').toFixed(2)}×</span>`);
    expect(added('express')).toBeLessThan(0);
    expect(landing).toContain('an application on Node 20 or 22 is faster with the module than without any CORS');
    expect(results.bars.filter(({ met }) => !met)).toHaveLength(5);
    expect(landing).toContain('Five of our own targets are not met');
    expect(landing).toContain(`<span class="figure">${codes}</span> kinds of mistakes`);
  });
});
