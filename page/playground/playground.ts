/** The playground: an application and a page's call on the one side, what happens on the other. */
import { element } from '../picture/element.js';
import { explain, type Answer } from './explain.js';
import { codeInput, field, fit, requestFields, textInput } from './fields.js';
import { PRESETS, type Preset } from './presets.js';
import { announcementOf, drawAnswer } from './result.js';
import { readState, writeState, type State } from './state.js';

/** Runs something until all that it needs is loaded. */
export interface Packages {
  withPackages<T>(run: () => Promise<T>): Promise<T>;
  isComplete(): boolean;
}

export interface Playground {
  readonly node: HTMLElement;
  /** Shows what the address asks for. */
  open(hash: string): void;
}

const FIRST = PRESETS[0]?.state ?? { application: '', origin: '', fetch: '', cookie: '' };

/** After this many milliseconds without another key. */
const PAUSE = 200;

export function createPlayground({ withPackages, isComplete }: Packages): Playground {
  const preset = field('preset', 'Start from', presetSelect());
  const lesson = element('p', { class: 'lesson' });
  const application = field('application', 'CorsModule and controllers', codeInput(), APPLICATION_HINT);
  const origin = field('origin', 'Origin of the page', textInput());
  const code = field('fetch', 'As code', codeInput());
  const cookie = field('cookie', 'A cookie that the API has set before', textInput());
  cookie.input.placeholder = 'sid=1; Secure; SameSite=None';
  const result = element('div', { class: 'result' });
  const status = element('p', { class: 'visually-hidden', role: 'status' });
  const copied = element('span', { class: 'copied', role: 'status' });
  const request = requestFields((text) => {
    code.input.value = text;
    fit(code.input);
    changed();
  });

  const state = (): State => ({
    application: application.input.value,
    origin: origin.input.value,
    fetch: code.input.value,
    cookie: cookie.input.value,
  });

  let latest = 0;
  async function answer(): Promise<void> {
    const turn = ++latest;
    const asked = state();
    const found = await withPackages(async () => explain(asked, isComplete)).catch(failed);
    if (turn === latest) {
      mark(application.input, found.kind === 'mistakes' || (found.kind === 'unread' && found.field === 'application'));
      mark(code.input, found.kind === 'unread' && found.field === 'fetch');
      result.replaceChildren(...drawAnswer(found, asked.origin.trim()));
      result.classList.remove('waiting');
      status.textContent = announcementOf(found);
    }
  }

  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Something was typed: the preset is left, and the address follows. */
  function changed(): void {
    preset.input.value = '';
    lesson.textContent = '';
    copied.textContent = '';
    history.replaceState(history.state, '', writeState(state()));
    clearTimeout(timer);
    timer = setTimeout(() => void answer(), PAUSE);
  }

  function fill(next: State, chosen?: Preset, said = ''): void {
    application.input.value = next.application;
    origin.input.value = next.origin;
    code.input.value = next.fetch;
    cookie.input.value = next.cookie;
    [application.input, code.input].forEach(fit);
    request.follow(next.fetch);
    preset.input.value = chosen?.id ?? '';
    lesson.textContent = chosen?.lesson ?? said;
    clearTimeout(timer);
    void answer();
  }

  application.input.addEventListener('input', changed);
  origin.input.addEventListener('input', changed);
  cookie.input.addEventListener('input', changed);
  code.input.addEventListener('input', () => {
    request.follow(code.input.value);
    changed();
  });
  preset.input.addEventListener('change', () => {
    const chosen = PRESETS.find(({ id }) => id === preset.input.value);
    if (chosen !== undefined) {
      history.replaceState(history.state, '', `#preset=${chosen.id}`);
      fill(chosen.state, chosen);
    }
  });

  const copy = element('button', { type: 'button' }, 'Copy link');
  copy.addEventListener('click', () => {
    const hash = writeState(state());
    history.replaceState(history.state, '', hash);
    navigator.clipboard.writeText(location.href).then(
      () => {
        copied.textContent = 'Copied';
      },
      () => {
        copied.textContent = 'The link is in the address bar';
      },
    );
  });

  const node = element(
    'div',
    { class: 'playground' },
    element('div', { class: 'bar' }, preset.node, element('div', { class: 'share' }, copy, copied), lesson),
    element(
      'form',
      { class: 'asked', 'aria-label': 'The API and the page' },
      group('The API', application.node),
      group('The page', origin.node, request.node, code.node, cookie.node),
    ),
    element(
      'section',
      { class: 'answer', 'aria-labelledby': 'answer-title' },
      element('h2', { id: 'answer-title' }, 'What happens'),
      result,
      status,
    ),
  );
  node.querySelector('form')?.addEventListener('submit', (event) => event.preventDefault());

  return {
    node,
    open(hash) {
      const asked = readState(hash);
      const chosen = asked.kind === 'preset' ? PRESETS.find(({ id }) => id === asked.id) : undefined;
      if (asked.kind === 'state') {
        fill(asked.state);
      } else if (asked.kind === 'other-version') {
        fill(
          FIRST,
          undefined,
          'This link was made by another version of the playground, and cannot be read by this one.',
        );
      } else {
        const first = chosen ?? PRESETS[0];
        fill(first?.state ?? FIRST, first);
      }
    },
  };
}

const APPLICATION_HINT =
  'Written as in an application: forRoot(), and controllers with @Cors. Nothing of it is run: values are strings, lists, objects and RegExps.';

function presetSelect(): HTMLSelectElement {
  const groups = [...new Set(PRESETS.map(({ group }) => group))];
  return element(
    'select',
    {},
    element('option', { value: '', hidden: '' }, 'Your own'),
    ...groups.map((label) =>
      element(
        'optgroup',
        { label },
        ...PRESETS.filter(({ group }) => group === label).map(({ id, title }) =>
          element('option', { value: id }, title),
        ),
      ),
    ),
  );
}

function group(legend: string, ...content: Node[]): HTMLElement {
  return element('fieldset', {}, element('legend', {}, legend), ...content);
}

function mark(input: HTMLElement, isWrong: boolean): void {
  if (isWrong) {
    input.setAttribute('aria-invalid', 'true');
  } else {
    input.removeAttribute('aria-invalid');
  }
}

/** A chunk that cannot be loaded, or a fault of the playground. */
function failed(error: unknown): Answer {
  const text = error instanceof Error ? error.message : String(error);
  return { kind: 'unsent', message: `The playground itself failed, please reload it and report this: ${text}` };
}
