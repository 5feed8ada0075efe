/** A request of one's own: method, path, headers and credentials are chosen, and both documents send it. */

import { element } from '/picture.js';
import { sendButton, viewPair, viewSources } from './view.js';

/** @import { Asked, Config, Experiment, Scenario, View } from './types.js' */

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const WITH_BODY = ['POST', 'PUT', 'PATCH'];

/** What can be sent along. The API's log, and so the picture, has these and no others. */
const HEADERS = { 'Content-Type': 'application/json', 'X-PINGOTHER': 'pingpong', 'X-Trace': '7f3a' };

/** @type {Scenario} */
export const asking = {
  name: 'ask-yourself',
  title: 'Ask yourself',
  text: 'What if the page sends another method, another header, or its cookies? Choose, and both documents send the request.',
  experiments: [{ name: 'own', title: 'A request of your own', text: '', asked: { method: 'GET', path: '/' } }],
};

/**
 * @param {Experiment} experiment
 * @param {Config} config
 * @param {Readonly<Record<string, string>>} names of the two sides
 * @returns {View}
 */
export function viewAsking(experiment, config, names) {
  const { name, title } = experiment;
  const method = choice('method', 'Method', METHODS);
  const path = choice('path', 'Path', Object.keys(config.handlers));
  const headers = Object.entries(HEADERS).map(([header, value]) => ({
    header,
    value,
    ...box(`header-${header}`, `${header}: ${value}`),
  }));
  const credentials = box('credentials', 'with credentials');

  /** @returns {Asked} */
  function asked() {
    const sent = headers.filter(({ input }) => input.checked).map(({ header, value }) => [header, value]);
    const json = WITH_BODY.includes(method.select.value) && sent.some(([header]) => header === 'Content-Type');
    return {
      method: method.select.value,
      path: path.select.value,
      ...(sent.length > 0 && { headers: Object.fromEntries(sent) }),
      ...(json && { body: '{}' }),
      ...(credentials.input.checked && { credentials: /** @type {const} */ (true) }),
    };
  }

  const button = sendButton(name, 'Send');
  const form = element(
    'form',
    { class: 'choices', 'aria-labelledby': `${name}-title` },
    method.label,
    path.label,
    element('fieldset', {}, element('legend', {}, 'Headers'), ...headers.map(({ label }) => label)),
    element('fieldset', {}, element('legend', {}, 'Cookies'), credentials.label),
    button,
  );
  let sources = viewSources(config, asked());
  form.addEventListener('input', () => {
    const now = viewSources(config, asked());
    now.open = sources.open;
    sources.replaceWith(now);
    sources = now;
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    button.click();
  });
  const { pair, show, open } = viewPair(experiment, config, names);
  const article = element(
    'article',
    { class: 'experiment', id: name, 'aria-labelledby': `${name}-title` },
    element('header', {}, element('h3', { id: `${name}-title` }, title), form),
    sources,
    ...pair,
  );
  return {
    name,
    article,
    button,
    experiment: () => ({
      ...experiment,
      asked: asked(),
      ...(credentials.input.checked && { cookie: 'pageAccess=2' }),
    }),
    show,
    open,
  };
}

/** @param {string} id @param {string} text @param {readonly string[]} values */
function choice(id, text, values) {
  const select = element('select', { name: id }, ...values.map((value) => element('option', { value }, value)));
  return { select, label: element('label', { class: 'choice' }, element('span', {}, text), select) };
}

/** @param {string} id @param {string} text */
function box(id, text) {
  const input = element('input', { type: 'checkbox', name: id });
  return { input, label: element('label', { class: 'box' }, input, element('span', {}, text)) };
}
