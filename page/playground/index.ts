/** Puts the playground into an element, apart from the styles of the page around it. */
import pictureStyle from '../picture/picture.css?inline';
import { isComplete, withPackages } from './browser/on-demand.js';
import { createPlayground } from './playground.js';
import style from './playground.css?inline';

/** Returns what takes it away again. */
export function mountPlayground(host: HTMLElement): () => void {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [pictureStyle, style].map((text) => {
    // Constructed, as a strict content security policy allows no style elements. Colours come from the page around it.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  const playground = createPlayground({ isComplete, withPackages });
  root.replaceChildren(playground.node);
  const open = (): void => playground.open(location.hash);
  addEventListener('hashchange', open);
  open();
  return () => {
    removeEventListener('hashchange', open);
    root.replaceChildren();
  };
}
