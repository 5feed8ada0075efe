/** One experiment on the page: what it is about, the sources on both ends, and a picture for each origin. */

import { element, unbroken, viewPicture } from '/picture.js';
import { fetchSource, serverOf } from './send.js';
import { tabbed } from './tabs.js';

/** @import { Asked, Config, Experiment, Side, View } from './types.js' */

/** @type {readonly Side[]} */
export const SIDES = ['page', 'stranger'];

const wide = matchMedia('(width >= 60rem)');

/**
 * @param {Experiment} experiment
 * @param {Config} config
 * @param {Readonly<Record<string, string>>} names of the two sides
 * @returns {View}
 */
export function viewExperiment(experiment, config, names) {
  const { name, title, text, asked, again, cure } = experiment;
  const button = sendButton(name, again ? 'Send again' : 'Send');
  const { pair, show, open } = viewPair(experiment, config, names);
  const article = element(
    'article',
    { class: 'experiment', id: name, 'aria-labelledby': `${name}-title` },
    element(
      'header',
      {},
      element('h3', { id: `${name}-title` }, title),
      element('p', { class: 'request-line' }, `${asked.method} ${asked.path}`),
      element('p', {}, ...unbroken(text, /(?= )/)),
      ...(cure ? [element('p', { class: 'cure' }, element('b', {}, 'To change: '), ...unbroken(cure, /(?= )/))] : []),
      button,
    ),
  );
  if (!again) {
    article.append(viewSources(config, asked));
  }
  article.append(...pair);
  return { name, article, button, experiment: () => experiment, show, open };
}

/** @param {string} name of the experiment @param {string} text */
export function sendButton(name, text) {
  return element('button', { type: 'button', 'aria-describedby': `${name}-title` }, text);
}

/**
 * The pictures of one experiment, with the tabs that choose between them on a phone.
 * @param {Experiment} experiment
 * @param {Config} config
 * @param {Readonly<Record<string, string>>} names
 * @returns {{ pair: HTMLElement[], show: View['show'], open: View['open'] }}
 */
export function viewPair({ name, title, asked }, config, names) {
  const pictures = SIDES.map((side) =>
    viewPicture({
      id: `${name}-${side}`,
      title: names[side] ?? side,
      page: config[side],
      api: serverOf(config, asked),
      ...(asked.via === 'proxy' && { name: 'proxy' }),
    }),
  );
  const parts = SIDES.map((side, index) => ({
    id: `${name}-${side}`,
    title: names[side] ?? side,
    content: pictures[index]?.figure ?? element('div'),
  }));
  const { list, panels, mark, open } = tabbed(`${title}: who sends`, parts);
  return {
    pair: [list, element('div', { class: 'pair' }, ...panels)],
    open,
    show(side, story) {
      const index = SIDES.indexOf(side);
      pictures[index]?.show(story);
      mark(index, story.read ? ' ✓' : ' ✕', story.read ? 'read' : 'refused');
    },
  };
}

/**
 * @param {Config} config
 * @param {Asked} asked
 */
export function viewSources(config, asked) {
  const handler = config.handlers[asked.path];
  const answers =
    asked.via === 'proxy'
      ? viewSource('The proxy answers', 'HTTP/1.1 502 Bad Gateway\nContent-Type: text/plain')
      : viewSource(captionOf(handler, asked), handler ?? `No handler serves ${asked.path}.`);
  const sources = element(
    'details',
    { class: 'sources' },
    element('summary', {}, 'The call and the handler'),
    viewSource('Both documents call', fetchSource(config, asked)),
    answers,
  );
  // On a phone they are folded away.
  sources.open = wide.matches;
  wide.addEventListener('change', () => {
    sources.open = wide.matches;
  });
  return sources;
}

/**
 * Says so if the handler of this URL is one for another method: Nest then answers 404.
 * @param {string | undefined} handler
 * @param {Pick<Asked, 'method'>} asked
 */
function captionOf(handler, { method }) {
  const served = /^@(Get|Post)\(/m.exec(handler ?? '')?.[1]?.toUpperCase();
  const isServed = served === undefined || served === (method === 'HEAD' ? 'GET' : method);
  return isServed ? 'The API’s handler' : `The API has a handler for ${served} here, but not for ${method}`;
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
