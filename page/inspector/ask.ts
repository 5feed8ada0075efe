/** Asks the application what would happen to a request, and draws the answer. */
import { type Asked, element, viewPicture } from '../picture/index.js';
import { SOCKET } from './address.js';
import { chooseMethod, field, lines, parseHeaders, targetOf } from './fields.js';
import { foresee, type Foreseen, questionAbout } from './foresee.js';
import { loadExplanation } from './server.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', SOCKET];

export interface AskView {
  readonly node: HTMLElement;
  /** Fills the form, and asks if the form describes a request. */
  fill(query: URLSearchParams): void;
}

/** @param origin - the initial one. */
export function viewAsk(origin: string): AskView {
  const page = field('origin', 'Origin of the page', element('input', { ...PLAIN, value: origin, required: '' }));
  const method = field(
    'method',
    'Method',
    element('select', {}, ...METHODS.map((name) => element('option', {}, name))),
  );
  const url = field('url', 'URL or path', element('input', { ...PLAIN, value: '/', required: '' }));
  const headers = field('headers', 'Headers, one on each line', lines('X-Trace: 1'));
  const credentials = element('input', { type: 'checkbox', name: 'credentials', id: 'credentials' });
  const ask = element('input', { type: 'checkbox', name: 'ask', id: 'ask-resolvers' });
  const result = element('div', { class: 'result', 'aria-live': 'polite' });
  const form = element(
    'form',
    { class: 'question' },
    page.node,
    element('div', { class: 'target' }, method.node, url.node),
    headers.node,
    check(credentials, 'with credentials (cookies)'),
    check(ask, 'run origin functions and resolvers'),
    element('button', { class: 'primary' }, 'Ask'),
  );

  let latest = 0;
  async function put(): Promise<void> {
    const turn = ++latest;
    const target = targetOf(url.input.value);
    const asked: Asked = {
      method: method.input.value,
      path: target.path,
      headers: parseHeaders(headers.input.value),
      ...(credentials.checked && { credentials: true }),
    };
    const question = { origin: page.input.value.trim(), asked, host: target.host, ask: ask.checked };
    const answer = await loadExplanation(questionAbout(question)).then(
      (report) => viewForeseen(foresee(question, report), question.origin),
      (error: unknown) => [element('p', { class: 'failure' }, error instanceof Error ? error.message : String(error))],
    );
    if (turn === latest) {
      result.replaceChildren(...answer);
    }
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void put();
  });

  return {
    node: element('div', { class: 'asking' }, form, result),
    fill(query) {
      chooseMethod(method.input, query.get('method') ?? '');
      for (const { input } of [page, url, headers]) {
        input.value = query.get(input.name) ?? input.value;
      }
      credentials.checked = query.has('credentials') || credentials.checked;
      if (query.has('url')) {
        void put();
      }
    },
  };
}

const PLAIN = { type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' };

function check(input: HTMLInputElement, text: string): HTMLElement {
  return element('label', { class: 'check' }, input, element('span', {}, text));
}

function viewForeseen({ story, notes, routes }: Foreseen, origin: string): HTMLElement[] {
  const about = routes.length === 0 ? [] : [element('p', { class: 'reaches' }, 'Reaches ', ...listed(routes))];
  const said = notes.map((note) => element('p', { class: 'note-line' }, note));
  if (story === undefined) {
    return [...said, ...about];
  }
  const view = viewPicture({ id: 'exchange', title: 'The page', page: origin, api: location.origin });
  view.show(story);
  return [view.figure, ...said, ...about];
}

function listed(names: readonly string[]): (Node | string)[] {
  return names.flatMap((name, index) => [index === 0 ? '' : ', ', element('code', {}, name)]);
}
