/** Draws a story as a sequence picture: three lanes, page, browser and API, and what passes between them, from top to bottom. */

import { element, unbroken } from './element.js';

/** @import { Lane, ShownHeader, Step, Story } from './types.js' */

/** @type {Readonly<Record<Lane, string>>} */
const LANES = { page: 'page', browser: 'browser', api: 'API' };

/** @param {Story} story */
export function drawStory({ steps }) {
  const list = element('ol', { class: 'steps' });
  steps.forEach((step, index) => {
    const item = drawStep(step);
    item.style.setProperty('--step', String(index));
    list.append(item);
  });
  return list;
}

/** What stands in the place of a picture until something is sent. */
export function drawNothing() {
  return element('p', { class: 'steps nothing' }, element('span', {}, 'Nothing sent yet'));
}

/**
 * The names at the heads of the lanes.
 * @param {{ page: string, api: string }} origins
 */
export function drawLanes({ page, api }) {
  return element(
    'div',
    { class: 'lanes', 'aria-hidden': 'true' },
    element('span', { class: 'lane' }, 'page', element('small', {}, host(page))),
    element('span', { class: 'lane' }, 'browser'),
    element('span', { class: 'lane' }, 'API', element('small', {}, host(api))),
  );
}

/** @param {Step} step */
function drawStep(step) {
  if (step.kind === 'note') {
    return element('li', { class: classes('note', step.tone) }, element('span', {}, step.text));
  }
  const item = element(
    'li',
    { class: classes('message', `${step.from}-${step.to}`, step.tone, step.unsent && 'unsent') },
    element('p', { class: 'title' }, hidden(`${LANES[step.from]} to ${LANES[step.to]}: `), ...drawWords(step.title)),
    element('span', { class: 'arrow', 'aria-hidden': 'true' }),
  );
  const details = element('div', { class: 'details' });
  if (step.headers?.length) {
    details.append(drawHeaders(step.headers));
  }
  if (step.body) {
    details.append(element('p', { class: 'body' }, hidden('body: '), step.body));
  }
  if (step.text) {
    details.append(element('p', { class: 'text' }, step.text));
  }
  if (details.hasChildNodes()) {
    item.append(details);
  }
  return item;
}

/** @param {readonly ShownHeader[]} headers */
function drawHeaders(headers) {
  const list = element('dl', { class: 'headers' });
  for (const { name, value, tone } of headers) {
    list.append(
      element(
        'div',
        { class: classes(tone, value === undefined && 'absent') },
        element('dt', {}, name),
        element('dd', {}, ...unbroken(value ?? 'not sent', /(?<=[,;])/)),
      ),
    );
  }
  return list;
}

/**
 * Each word goes to the next line as a whole; a path longer than a line then breaks at a slash.
 * @param {string} title
 */
function drawWords(title) {
  return title.split(' ').flatMap((word) => [' ', element('span', { class: 'word' }, ...unbroken(word, /(?=\/)/))]);
}

/** @param {string} text */
function hidden(text) {
  return element('span', { class: 'visually-hidden' }, text);
}

/** @param {...(string | false | undefined)} names */
function classes(...names) {
  return names.filter(Boolean).join(' ');
}

/** @param {string} origin */
function host(origin) {
  return new URL(origin).host;
}
