/** The fields of the playground. */
import { element } from '../picture/element.js';
import type { Answer } from './explain.js';
import { codeInput, field, fit, requestFields, textInput } from './fields.js';
import type { State } from './state.js';

export interface Form {
  readonly node: HTMLElement;
  state(): State;
  fill(state: State): void;
  /** Marks the field that an answer finds fault with. */
  mark(answer: Answer): void;
}

const HINT =
  'Written as in an application: forRoot(), and controllers with @Cors. It is not run: values are strings, lists, objects and RegExps.';

/** @param changed - is called when somebody has changed something. */
export function createForm(changed: () => void): Form {
  const application = field('application', 'CorsModule and controllers', codeInput(), HINT);
  const origin = field('origin', 'Origin of the page', textInput());
  const code = field('fetch', 'As code', codeInput());
  const cookie = field('cookie', 'A cookie that the API has set before', textInput());
  cookie.input.placeholder = 'sid=1; Secure; SameSite=None';
  const request = requestFields((text) => {
    code.input.value = text;
    fit(code.input);
    changed();
  });
  [application, origin, cookie].forEach(({ input }) => input.addEventListener('input', changed));
  code.input.addEventListener('input', () => {
    request.follow(code.input.value);
    changed();
  });
  const node = element(
    'form',
    { class: 'asked', 'aria-label': 'The API and the page' },
    group('The API', application.node),
    group('The page', origin.node, request.node, code.node, cookie.node),
  );
  node.addEventListener('submit', (event) => event.preventDefault());

  return {
    node,
    state: () => ({
      application: application.input.value,
      origin: origin.input.value,
      fetch: code.input.value,
      cookie: cookie.input.value,
    }),
    fill(state) {
      application.input.value = state.application;
      origin.input.value = state.origin;
      code.input.value = state.fetch;
      cookie.input.value = state.cookie;
      [application.input, code.input].forEach(fit);
      request.follow(state.fetch);
    },
    mark(answer) {
      const wrong = answer.kind === 'unread' ? answer.field : answer.kind === 'mistakes' ? 'application' : undefined;
      [application.input, code.input].forEach((input) => {
        input.toggleAttribute('aria-invalid', false);
        if (input.id === wrong) {
          input.setAttribute('aria-invalid', 'true');
        }
      });
    },
  };
}

function group(legend: string, ...content: Node[]): HTMLElement {
  return element('fieldset', {}, element('legend', {}, legend), ...content);
}
