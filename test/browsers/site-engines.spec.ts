/** What the site and its playground cannot do without, in the engines in which the other tests of the site do not run. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RealEngine } from './engines/engine.js';
import { ENGINE_OFFERS, ENGINES_ARE_REQUIRED } from './engines/installed-engines.js';
import { IN_PLAYGROUND } from './site/playground-page.js';
import { IS_ALIVE, servedSite } from './site/built-site.js';

// What runs in the page is a string: the rest of this file has no business with a document.
const UNTIL = `const until = async (isTrue) => { while (!isTrue()) await new Promise(requestAnimationFrame); };`;

/** Runs statements in the page, and gives what they return. */
async function inPage(engine: RealEngine, statements: string): Promise<unknown> {
  return engine.evaluate(`(async () => { ${UNTIL} ${statements} })()`);
}

const OTHERS = ENGINE_OFFERS.filter(({ name }) => name !== 'Chromium');

describe.each(OTHERS)('the site in $name', ({ missing, start }) => {
  const isRun = missing.length === 0 || ENGINES_ARE_REQUIRED;

  (isRun ? describe : describe.skip)(isRun ? 'as it was built' : `(skipped: install ${missing.join(', ')})`, () => {
    const site = servedSite(true);
    let engine: RealEngine | undefined;
    beforeAll(async () => {
      engine = await start();
    });
    afterAll(async () => engine?.close());

    /** Waits until the code of the site has taken the page over. */
    async function open(path: string): Promise<RealEngine> {
      if (engine === undefined) {
        throw new Error('The engine has not been started');
      }
      await engine.visit(`${site()}${path}`);
      await inPage(engine, `await until(() => ${IS_ALIVE});`);
      return engine;
    }

    it.each(['/', '/start', '/errors', '/api/nestjs-cors', '/playground', '/no-such-page'])(
      '%s has nothing to complain about',
      async (path) => {
        const page = await open(path);
        expect(await page.evaluate('problems')).toEqual([]);
      },
    );

    it('finds an error code by the search', async () => {
      const page = await open('/');
      const found = await inPage(
        page,
        `document.querySelector('.VPNavBarSearch button').click();
        const inBox = (selector) => document.querySelector('.VPLocalSearchBox ' + selector);
        await until(() => inBox('input'));
        inBox('input').value = 'origin-not-serialized';
        inBox('input').dispatchEvent(new Event('input', { bubbles: true }));
        await until(() => inBox('.result'));
        inBox('.result').click();
        await until(() => location.pathname !== '/');
        return location.pathname + location.hash;`,
      );
      expect(found).toBe('/errors#origin-not-serialized');
      expect(await page.evaluate('problems')).toEqual([]);
    });

    it('answers in the playground, and again when something else is asked', async () => {
      const page = await open('/playground#preset=custom-header');
      const [first, second] = (await inPage(
        page,
        `await until(() => ${IN_PLAYGROUND.isAnswered});
        const first = ${IN_PLAYGROUND.result};
        const field = ${IN_PLAYGROUND.root}.querySelector('#headers');
        field.value = '';
        field.dispatchEvent(new Event('input'));
        await until(() => ${IN_PLAYGROUND.result} !== first);
        return [first, ${IN_PLAYGROUND.result}];`,
      )) as readonly string[];
      expect(first).toContain('✕ refused');
      expect(second).toContain('✓ read');
      expect(await page.evaluate('problems')).toEqual([]);
    });
  });
});
