/** The playground: an application and a page's call on the one side, what happens on the other. */
import { element } from '../picture/element.js';
import { explain, type Answer } from './explain.js';
import { createForm, type Form } from './form.js';
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

const NOTHING: State = { application: '', origin: '', fetch: '', cookie: '' };
const OTHER_VERSION = 'This link was made by another version of the playground, and cannot be read by this one.';

/** After this many milliseconds without another key. */
const PAUSE = 200;

export function createPlayground(packages: Packages): Playground {
  const form = createForm(changed);
  const { node: resultNode, answer } = resultOf(form, packages);
  const bar = barOf(form, (chosen) => {
    keepInAddress(`#preset=${chosen.id}`);
    fill(chosen.state, chosen);
  });

  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Something was typed: the preset is left, and the address follows. */
  function changed(): void {
    bar.choose(undefined);
    keepInAddress(writeState(form.state()));
    clearTimeout(timer);
    timer = setTimeout(answer, PAUSE);
  }

  function fill(next: State, chosen?: Preset, said?: string): void {
    clearTimeout(timer);
    form.fill(next);
    bar.choose(chosen, said);
    answer();
  }

  return {
    node: element('div', { class: 'playground' }, bar.node, form.node, resultNode),
    open(hash) {
      const asked = readState(hash);
      const chosen = (asked.kind === 'preset' && PRESETS.find(({ id }) => id === asked.id)) || PRESETS[0];
      if (asked.kind === 'state') {
        fill(asked.state);
      } else if (asked.kind === 'other-version') {
        fill(chosen?.state ?? NOTHING, undefined, OTHER_VERSION);
      } else {
        fill(chosen?.state ?? NOTHING, chosen);
      }
    },
  };
}

function keepInAddress(hash: string): void {
  history.replaceState(history.state, '', hash);
}

interface Bar {
  readonly node: HTMLElement;
  /** Names the preset that is shown, if it is one, and what there is to see. */
  choose(preset: Preset | undefined, said?: string): void;
}

function barOf(form: Form, chosen: (preset: Preset) => void): Bar {
  const select = presetSelect();
  select.id = 'preset';
  const lesson = element('p', { class: 'lesson' });
  const copied = element('span', { class: 'copied', role: 'status' });
  const copy = element('button', { type: 'button' }, 'Copy link');
  select.addEventListener('change', () => {
    const preset = PRESETS.find(({ id }) => id === select.value);
    if (preset !== undefined) {
      chosen(preset);
    }
  });
  copy.addEventListener('click', () => {
    keepInAddress(writeState(form.state()));
    navigator.clipboard.writeText(location.href).then(
      () => {
        copied.textContent = 'Copied';
      },
      () => {
        copied.textContent = 'The link is in the address bar';
      },
    );
  });
  const start = element('div', { class: 'field' }, element('label', { for: 'preset' }, 'Start from'), select);
  return {
    node: element('div', { class: 'bar' }, start, element('div', { class: 'share' }, copy, copied), lesson),
    choose(preset, said = preset?.lesson ?? '') {
      select.value = preset?.id ?? '';
      lesson.textContent = said;
      copied.textContent = '';
    },
  };
}

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

/** Where the answer stands. Of several that are being worked out the last one counts. */
function resultOf(form: Form, { withPackages, isComplete }: Packages): { node: HTMLElement; answer: () => void } {
  const result = element('div', { class: 'result' });
  const status = element('p', { class: 'visually-hidden', role: 'status' });
  let latest = 0;
  async function work(): Promise<void> {
    const turn = ++latest;
    const state = form.state();
    const found = await withPackages(async () => explain(state, isComplete)).catch(failed);
    if (turn === latest) {
      form.mark(found);
      result.replaceChildren(...drawAnswer(found, state.origin.trim()));
      status.textContent = announcementOf(found);
    }
  }
  const node = element(
    'section',
    { class: 'answer', 'aria-labelledby': 'answer-title' },
    element('h2', { id: 'answer-title' }, 'What happens'),
    result,
    status,
  );
  return { node, answer: () => void work() };
}

/** A chunk that cannot be loaded, or a fault of the playground. */
function failed(error: unknown): Answer {
  const text = error instanceof Error ? error.message : String(error);
  return { kind: 'unsent', message: `The playground itself failed, please reload it and report this: ${text}` };
}
