/** Draws a story as a sequence picture: three lanes, page, browser and API, and what passes between them, from top to bottom. */
import { element, unbroken } from './element.js';
import type { Cure, Lane, Message, ShownHeader, Step, Story } from './types.js';

const LANES: Readonly<Record<Lane, string>> = { page: 'page', browser: 'browser', api: 'API' };

export function drawStory({ steps }: Pick<Story, 'steps'>): HTMLOListElement {
  const list = element('ol', { class: 'steps' });
  steps.forEach((step, index) => {
    const item = drawStep(step);
    item.style.setProperty('--step', String(index));
    list.append(item);
  });
  return list;
}

/** What stands in the place of a picture until something is sent. */
export function drawNothing(text = 'Nothing sent yet'): HTMLElement {
  return element('p', { class: 'steps nothing' }, element('span', {}, text));
}

/** The names at the heads of the lanes, with the host of each end. */
export function drawLanes({ page, api, name = LANES.api }: { page: string; api: string; name?: string }): HTMLElement {
  return element(
    'div',
    { class: 'lanes', 'aria-hidden': 'true' },
    element('span', { class: 'lane' }, LANES.page, element('small', {}, hostOf(page))),
    element('span', { class: 'lane' }, LANES.browser),
    element('span', { class: 'lane' }, name, element('small', {}, hostOf(api))),
  );
}

export interface PictureOptions {
  /** The id of the caption, which names the picture. */
  readonly id: string;
  readonly title: string;
  readonly page: string;
  readonly api: string;
  /** What the third lane is called. */
  readonly name?: string;
  /** What to say until there is a story. */
  readonly nothing?: string;
}

export interface PictureView {
  readonly figure: HTMLElement;
  show(story: Story): void;
}

/** A whole picture: who asks, whether the page may read the answer, why, and the drawing. */
export function viewPicture({ id, title, page, api, name = LANES.api, nothing }: PictureOptions): PictureView {
  const badge = element('span', { class: 'badge' });
  const reason = element('p', { class: 'why' });
  const changes = element('div', { class: 'changes' });
  const who = element('span', { class: 'who' }, element('b', {}, title), ' ', element('code', {}, page));
  let steps: HTMLElement = drawNothing(nothing);
  const figure = element(
    'figure',
    { class: 'picture', 'aria-labelledby': id },
    element('figcaption', { id }, who, badge, reason, changes),
    drawLanes({ page, api, name }),
    steps,
  );

  return {
    figure,
    show(story) {
      figure.classList.toggle('read', story.read);
      figure.classList.toggle('refused', !story.read);
      badge.textContent = badgeOf(story);
      reason.replaceChildren(...unbroken(story.why, /(?= )/));
      changes.replaceChildren(...drawCures(story.cures));
      const drawn = drawStory(story);
      steps.replaceWith(drawn);
      steps = drawn;
    },
  };
}

/** The line to change, ready to be copied. */
function drawCures(cures: readonly Cure[]): HTMLElement[] {
  return cures.flatMap((cure) => [
    element('p', {}, ...unbroken(instructionOf(cure), /(?= )/)),
    element('pre', { class: 'change' }, element('code', {}, cure.code)),
  ]);
}

function instructionOf({ how, place }: Cure): string {
  switch (how) {
    case 'decorate':
      return `To let it pass, put on ${place}, above any other @Cors:`;
    case 'entry':
      return `To let it pass, give to the policy of ${place}:`;
    case 'add-entry':
      return `To let it pass, make this the first entry of ${place}:`;
  }
}

/** The verdict in a word, and never by colour alone. */
export function badgeOf({ read }: Pick<Story, 'read'>): string {
  return read ? '✓ read' : '✕ refused';
}

function drawStep(step: Step): HTMLLIElement {
  if (step.kind === 'note') {
    return element('li', { class: classes('note', step.tone) }, element('span', {}, step.text));
  }
  const item = element(
    'li',
    { class: classes('message', `${step.from}-${step.to}`, step.tone, step.unsent && 'unsent') },
    element('p', { class: 'title' }, hidden(`${LANES[step.from]} to ${LANES[step.to]}: `), ...drawWords(step.title)),
    element('span', { class: 'arrow', 'aria-hidden': 'true' }),
  );
  const details = drawDetails(step);
  if (details.hasChildNodes()) {
    item.append(details);
  }
  return item;
}

function drawDetails({ headers = [], body, text }: Message): HTMLElement {
  const details = element('div', { class: 'details' });
  if (headers.length > 0) {
    details.append(drawHeaders(headers));
  }
  if (body) {
    details.append(element('p', { class: 'body' }, hidden('body: '), body));
  }
  if (text) {
    details.append(element('p', { class: 'text' }, text));
  }
  return details;
}

function drawHeaders(headers: readonly ShownHeader[]): HTMLElement {
  const list = element('dl', { class: 'headers' });
  for (const { name, value, tone } of headers) {
    list.append(
      element(
        'div',
        { class: classes(tone, value === undefined && 'absent') },
        element('dt', {}, name),
        element('dd', {}, ...unbroken(value ?? 'not sent', /(?<=[,;])/)),
      ),
    );
  }
  return list;
}

/** Each word goes to the next line as a whole; a path longer than a line then breaks at a slash. */
function drawWords(title: string): (Node | string)[] {
  return title.split(' ').flatMap((word) => [' ', element('span', { class: 'word' }, ...unbroken(word, /(?=\/)/))]);
}

function hidden(text: string): HTMLElement {
  return element('span', { class: 'visually-hidden' }, text);
}

function classes(...names: readonly (string | false | undefined)[]): string {
  return names.filter(Boolean).join(' ');
}

/** `null` is an origin, too, and what somebody typed need not be one. */
function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : origin;
}
