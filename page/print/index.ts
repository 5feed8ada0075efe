/** Draws a picture at a given width, and gives it as an SVG. */
import { tell, viewPicture } from '../picture/index.js';
import { trace } from './trace.js';
import type { Printed } from './types.js';

export function print({ facts, title, api, text }: Printed): string {
  const view = viewPicture({ id: 'picture', title, page: facts.origin, api });
  view.show(tell(facts));
  document.body.replaceChildren(view.figure);
  return trace(view.figure, text);
}
