/** The fields of the question, and how their text is read. */
import { normalizedMethod } from '../../lib/policy/names/http-names.js';
import { element } from '../picture/index.js';
import { SOCKET } from './address.js';

type Input = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export interface Field<Kind extends Input> {
  readonly input: Kind;
  readonly node: HTMLElement;
}

export function field<Kind extends Input>(name: string, text: string, input: Kind): Field<Kind> {
  input.name = name;
  input.id = `ask-${name}`;
  return { input, node: element('p', { class: 'field' }, element('label', { for: input.id }, text), input) };
}

export function lines(placeholder: string): HTMLTextAreaElement {
  return element('textarea', {
    rows: '2',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    placeholder,
  });
}

/**
 * The method of a link that somebody may have typed, as browsers send it. One that is not among the options, `OPTIONS` or `patch`,
 * becomes one: there are more methods than the list has.
 */
export function chooseMethod(select: HTMLSelectElement, linked: string): void {
  const method = linked.toUpperCase() === SOCKET ? SOCKET : normalizedMethod(linked);
  if (method !== '' && ![...select.options].some((option) => option.value === method)) {
    select.append(element('option', {}, method));
  }
  select.value = method === '' ? select.value : method;
}

/** `X-Trace: 1`, or the name alone, on each line. */
export function parseHeaders(text: string): Readonly<Record<string, string>> {
  const entries = text
    .split('\n')
    .map((line): [string, string] => {
      const [name = '', ...value] = line.split(':');
      return [name.trim(), value.join(':').trim()];
    })
    .filter(([name]) => name !== '');
  return Object.fromEntries(entries);
}

export interface Target {
  readonly path: string;
  /** Undefined if only a path was typed: then it is the host of this page. */
  readonly host: string | undefined;
}

export function targetOf(typed: string): Target {
  const text = typed.trim();
  if (/^[a-z]+:\/\//i.test(text) && URL.canParse(text)) {
    const { pathname, search, host } = new URL(text);
    return { path: pathname + search, host };
  }
  return { path: text.startsWith('/') ? text : `/${text}`, host: undefined };
}
