/** What the pages of the samples have in common around their pictures. */

import { element } from '/picture.js';

/**
 * One of those who take part.
 * @param {string} title
 * @param {...Node} content
 */
export function member(title, ...content) {
  return element('div', { class: 'member' }, element('h2', {}, title), ...content);
}

/** @param {string} origin */
export function address(origin) {
  return element('p', { class: 'address' }, origin);
}

/** @param {string} id */
export function place(id) {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error(`There is no #${id} on the page`);
  }
  return found;
}
