/** One experiment on the page: what it is about, the sources on both ends, and a picture for each origin. */

import { element, unbroken } from './element.js';
import { drawLanes, drawNothing, drawStory } from './picture.js';
import { fetchSource } from './send.js';

/** @import { Config, Experiment, Side, Story } from './types.js' */

/**
 * @typedef {object} View
 * @property {Experiment} experiment
 * @property {HTMLElement} article
 * @property {HTMLButtonElement} button
 * @property {(side: Side, story: Story) => void} show
 */

/**
 * @param {Experiment} experiment
 * @param {Config} config
 * @param {Readonly<Record<string, string>>} names of the two sides
 * @returns {View}
 */
export function viewExperiment(experiment, config, names) {
  const { name, title, text, asked, again } = experiment;
  const button = element(
    'button',
    { type: 'button', 'aria-describedby': `${name}-title` },
    again ? 'Send again' : 'Send',
  );
  const pictures = {
    page: viewPicture('page', name, config, names),
    stranger: viewPicture('stranger', name, config, names),
  };
  const article = element(
    'article',
    { class: 'experiment', id: name, 'aria-labelledby': `${name}-title` },
    element(
      'header',
      {},
      element('h3', { id: `${name}-title` }, title),
      element('p', { class: 'request-line' }, `${asked.method} ${asked.path}`),
      element('p', {}, ...unbroken(text, /(?= )/)),
      button,
    ),
  );
  if (!again) {
    article.append(
      element(
        'div',
        { class: 'sources' },
        viewSource('Both documents call', fetchSource(config.api, asked)),
        viewSource('The API’s handler', config.handlers[asked.path] ?? ''),
      ),
    );
  }
  article.append(element('div', { class: 'pair' }, pictures.page.figure, pictures.stranger.figure));
  return { experiment, article, button, show: (side, story) => pictures[side].show(story) };
}

/**
 * @param {Side} side
 * @param {string} name of the experiment
 * @param {Config} config
 * @param {Readonly<Record<string, string>>} names
 */
function viewPicture(side, name, config, names) {
  const badge = element('span', { class: 'badge' });
  const reason = element('p', { class: 'why' });
  const caption = element(
    'figcaption',
    { id: `${name}-${side}` },
    element('span', { class: 'who' }, element('b', {}, names[side] ?? side), ' ', element('code', {}, config[side])),
    badge,
    reason,
  );
  /** @type {HTMLElement} */
  let steps = drawNothing();
  const lanes = drawLanes({ page: config[side], api: config.api });
  const figure = element('figure', { class: 'picture', 'aria-labelledby': `${name}-${side}` }, caption, lanes, steps);

  return {
    figure,
    /** @param {Story} story */
    show(story) {
      figure.classList.toggle('read', story.read);
      figure.classList.toggle('refused', !story.read);
      badge.textContent = story.read ? '✓ read' : '✕ refused';
      reason.replaceChildren(...unbroken(story.why, /(?= )/));
      const drawn = drawStory(story);
      steps.replaceWith(drawn);
      steps = drawn;
    },
  };
}

/**
 * @param {string} caption
 * @param {string} text
 */
function viewSource(caption, text) {
  const code = element('code');
  for (const line of text.split('\n')) {
    const content = line.startsWith('@Cors') ? element('mark', {}, line) : line;
    code.append(element('span', { class: 'line' }, content));
  }
  return element('figure', { class: 'source' }, element('figcaption', {}, caption), element('pre', {}, code));
}
