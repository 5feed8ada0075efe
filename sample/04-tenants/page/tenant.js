/** One tenant on the page: its origins, a form for another, and a picture for each of the two documents. */

import { element } from '/picture.js';
import { viewPair, viewSources } from '/view.js';

/** @import { Advice, Config, Tenant, Wishes } from './types.js' */

const HANDLER = '/tenants/:tenant/data/';

/**
 * @param {Tenant} tenant
 * @param {Config} config
 * @param {Readonly<Record<string, string>>} names of the two documents
 * @param {Wishes} wishes
 */
export function viewTenant({ name, origins }, config, names, wishes) {
  const path = `/tenants/${name}/data`;
  const experiment = { name, title: name, text: '', asked: { method: 'GET', path } };
  const { pair, show, open } = viewPair(experiment, config, names);
  const send = element('button', { type: 'button', class: 'primary' }, 'Send from both pages');
  send.addEventListener('click', () => {
    open();
    void wishes.send();
  });

  const list = element('ul', { class: 'origins', 'aria-label': `Origins of ${name}` });
  const handlers = { ...config.handlers, [path]: config.handlers[HANDLER] ?? '' };
  const section = element(
    'section',
    { class: 'scenario', id: name, 'aria-labelledby': `${name}-title` },
    element('h2', { id: `${name}-title` }, name),
    element(
      'article',
      { class: 'experiment' },
      element('header', {}, element('h3', {}, 'Its pages'), list, viewForm(name, wishes), send),
      viewSources({ ...config, handlers }, experiment.asked),
      ...pair,
    ),
  );

  /** @param {readonly string[]} now */
  function showOrigins(now) {
    list.replaceChildren(...now.map((origin) => viewOrigin(origin, wishes)));
  }
  showOrigins(origins);
  return { section, show, showOrigins };
}

/** @param {string} origin @param {Wishes} wishes */
function viewOrigin(origin, wishes) {
  const remove = element('button', { type: 'button', 'aria-label': `Remove ${origin}` }, 'Remove');
  remove.addEventListener('click', () => void wishes.remove(origin));
  return element('li', {}, element('code', {}, origin), remove);
}

/**
 * Says what is wrong with an origin while it is typed, and how it is written right.
 * @param {string} name of the tenant
 * @param {Wishes} wishes
 */
function viewForm(name, wishes) {
  const input = element('input', {
    name: 'origin',
    id: `${name}-origin`,
    placeholder: 'https://app.example.com',
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    'aria-describedby': `${name}-advice`,
  });
  const add = element('button', { type: 'submit' }, 'Add');
  const advice = element('div', { class: 'advice', id: `${name}-advice`, role: 'status' });
  const form = element(
    'form',
    { class: 'adding' },
    element('label', { for: input.id }, 'Another origin'),
    element('div', { class: 'line-of-two' }, input, add),
    advice,
  );

  async function advise() {
    const text = input.value.trim();
    const found = text === '' ? [] : await wishes.advice(text);
    // What was typed meanwhile has an answer of its own.
    if (text === input.value.trim()) {
      input.setAttribute('aria-invalid', String(found.length > 0));
      advice.replaceChildren(...found.slice(0, 1).flatMap((issue) => viewAdvice(issue, use)));
    }
    return found;
  }

  /** @param {string} spelling */
  function use(spelling) {
    input.value = spelling;
    input.focus();
    void advise();
  }

  input.addEventListener('input', () => void advise());
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const origin = input.value.trim();
    if (origin !== '' && (await advise()).length === 0) {
      input.value = '';
      await wishes.add(origin);
    }
  });
  return form;
}

/** @param {Advice} issue @param {(spelling: string) => void} use */
function viewAdvice({ message, suggestion }, use) {
  const text = element('p', {}, message);
  if (suggestion === undefined) {
    return [text];
  }
  const button = element('button', { type: 'button' }, `Use ${suggestion}`);
  button.addEventListener('click', () => use(suggestion));
  return [text, button];
}
