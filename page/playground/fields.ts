/** The fields of the page's request, beside its code: what is changed in one is changed in the other. */
import { element } from '../picture/element.js';
import { printFetch, readFetch, type FetchCall } from './code/fetch-call.js';

type Input = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const PLAIN = { type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' };

export function field<Kind extends Input>(
  id: string,
  label: string,
  input: Kind,
  hint = '',
): { node: HTMLElement; input: Kind } {
  input.id = id;
  const node = element('div', { class: 'field' }, element('label', { for: id }, label), input);
  if (hint !== '') {
    const hintId = `${id}-hint`;
    input.setAttribute('aria-describedby', hintId);
    node.append(element('p', { class: 'hint', id: hintId }, hint));
  }
  return { node, input };
}

export function textInput(): HTMLInputElement {
  return element('input', PLAIN);
}

/** Grows with its text. */
export function codeInput(): HTMLTextAreaElement {
  const area = element('textarea', {
    class: 'code',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    wrap: 'off',
    rows: '4',
  });
  area.addEventListener('input', () => fit(area));
  return area;
}

export function fit(area: HTMLTextAreaElement): void {
  area.rows = Math.max(2, area.value.split('\n').length);
}

function choice(names: readonly string[]): HTMLSelectElement {
  return element('select', {}, ...names.map((name) => element('option', { value: name }, name)));
}

export interface RequestFields {
  readonly node: HTMLElement;
  /** Shows what the code says; leaves the fields as they are where it cannot be read. */
  follow(code: string): void;
}

/** @param changed - gets the code after one of the fields was changed. */
export function requestFields(changed: (code: string) => void): RequestFields {
  const method = field('method', 'Method', choice(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']));
  const url = field('url', 'URL', textInput());
  const credentials = field('credentials', 'Credentials', choice(['same-origin', 'include', 'omit']));
  const mode = field('mode', 'Mode', choice(['cors', 'no-cors', 'same-origin']));
  const headers = field(
    'headers',
    'Headers, one on each line',
    element('textarea', { ...PLAIN, class: 'lines', rows: '2', placeholder: 'X-Trace: 7' }),
  );
  let call: FetchCall = { url: '', init: {} };

  const change = (next: FetchCall): void => {
    call = next;
    changed(printFetch(next));
  };
  const setKey = (key: string, value: unknown, otherwise: unknown): void => {
    const { [key]: _old, ...others } = call.init;
    change({ ...call, init: value === otherwise ? others : { ...call.init, [key]: value } });
  };
  method.input.addEventListener('change', () => setKey('method', method.input.value, 'GET'));
  credentials.input.addEventListener('change', () => setKey('credentials', credentials.input.value, 'same-origin'));
  mode.input.addEventListener('change', () => setKey('mode', mode.input.value, 'cors'));
  url.input.addEventListener('input', () => change({ ...call, url: url.input.value }));
  headers.input.addEventListener('input', () => {
    const parsed = parseHeaders(headers.input.value);
    setKey('headers', Object.keys(parsed).length === 0 ? undefined : parsed, undefined);
  });

  return {
    node: element(
      'div',
      { class: 'request-fields' },
      element('div', { class: 'target' }, method.node, url.node),
      element('div', { class: 'pair' }, credentials.node, mode.node),
      headers.node,
    ),
    follow(code) {
      try {
        call = readFetch(code);
      } catch {
        return;
      }
      const { init } = call;
      choose(method.input, textOf(init['method'], 'GET'));
      choose(credentials.input, textOf(init['credentials'], 'same-origin'));
      choose(mode.input, textOf(init['mode'], 'cors'));
      url.input.value = call.url;
      headers.input.value = headersText(init['headers']);
    },
  };
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

/** A value that is not among the options, such as `patch`, becomes one: the browser has the last word about it. */
function choose(select: HTMLSelectElement, value: string): void {
  if (![...select.options].some((option) => option.value === value)) {
    select.append(element('option', { value }, value));
  }
  select.value = value;
}

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

function headersText(headers: unknown): string {
  if (typeof headers !== 'object' || headers === null) {
    return '';
  }
  const pairs: readonly unknown[] = Array.isArray(headers) ? headers : Object.entries(headers);
  return pairs.map((pair) => (Array.isArray(pair) ? pair.map(String).join(': ') : '')).join('\n');
}
