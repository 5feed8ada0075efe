import { parseHTML } from 'linkedom';
import { tell, viewPicture } from '../../../page/picture/index.js';
import { EXCHANGES } from './exchanges.js';

type Pictures = Readonly<Record<keyof typeof EXCHANGES, string>>;

declare const data: Pictures;
export { data };

/** Draws the pictures while the site is built: a visitor's browser gets HTML, and no script for it. */
export default {
  watch: ['../../../page/picture/*.ts', './exchanges.ts'],
  load(): Pictures {
    const before = globalThis.document;
    globalThis.document = parseHTML('<!doctype html><html><body></body></html>').document;
    try {
      return { rename: draw('rename'), remove: draw('remove'), list: draw('list') };
    } finally {
      globalThis.document = before;
    }
  },
};

function draw(name: keyof typeof EXCHANGES): string {
  const { title, facts } = EXCHANGES[name];
  const view = viewPicture({
    id: `exchange-${name}`,
    title,
    page: facts.origin,
    api: 'https://api.example.com',
  });
  view.show(tell(facts));
  return view.figure.outerHTML;
}
