/** The address contains what is shown, so that it can be bookmarked and shared: `#ask?method=PUT&url=/cats/1`. */
import { element } from '../picture/index.js';

export interface Place {
  readonly section: string;
  readonly query: URLSearchParams;
}

export function currentPlace(): Place {
  const [section = '', query = ''] = location.hash.slice(1).split('?', 2);
  return { section, query: new URLSearchParams(query) };
}

/** A link to the question about a request. */
export function askLink(text: string, question: Readonly<Record<string, string>>): HTMLAnchorElement {
  return element('a', { href: `#ask?${new URLSearchParams(question)}` }, text);
}
