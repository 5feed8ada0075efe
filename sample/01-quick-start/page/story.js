/** How this page tells what happened: another sample has stories of its own. */

export { tell } from '/picture.js';
