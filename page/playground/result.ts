/** Draws an answer: the picture, or what is in the way of one, and below it everything to the letter. */
import { element, unbroken } from '../picture/element.js';
import { badgeOf, viewPicture } from '../picture/picture.js';
import type { HeaderLine, Story } from '../picture/types.js';
import type { Answer } from './explain.js';
import type { Sent } from './model/exchange.js';
import { phraseOf } from './phrase.js';

type Drawn = readonly (Node | string)[];

export function drawAnswer(answer: Answer, origin: string): Drawn {
  switch (answer.kind) {
    case 'unread': {
      const { line, column } = answer.place;
      const where = answer.field === 'application' ? 'The code of the API' : 'The call of fetch()';
      return [problem(`${where}, line ${line}, column ${column}`, answer.message)];
    }
    case 'mistakes':
      return [
        problem(
          'The application does not start',
          element(
            'pre',
            { tabindex: '0', 'aria-label': 'The error' },
            element('code', {}, ...unbroken(answer.text, /(?= )/)),
          ),
        ),
      ];
    case 'unsent':
      return [problem('fetch() sends nothing', `TypeError: ${answer.message}`)];
    case 'exchange':
      return drawExchange(answer, origin);
  }
}

/** What a screen reader hears when the answer has changed. */
export function announcementOf(answer: Answer): string {
  switch (answer.kind) {
    case 'unread':
      return `${answer.field === 'application' ? 'The code of the API' : 'The call of fetch()'} cannot be read: ${answer.message}`;
    case 'mistakes':
      return `The application does not start. ${answer.text}`;
    case 'unsent':
      return `fetch() sends nothing. ${answer.message}`;
    case 'exchange':
      return `${answer.story.read ? 'The page reads the answer.' : 'The page cannot read the answer.'} ${answer.story.why}`;
  }
}

function problem(title: string, content: Node | string): HTMLElement {
  return element(
    'section',
    { class: 'problem' },
    element('h3', {}, title),
    typeof content === 'string' ? element('p', {}, content) : content,
  );
}

function drawExchange(
  { outcome, story, warnings, ignored }: Extract<Answer, { kind: 'exchange' }>,
  origin: string,
): Drawn {
  const view = viewPicture({ id: 'exchange', title: 'The page', page: origin, api: outcome.request.url.origin });
  view.show(story);
  const notes = [
    ...warnings.map((warning) => `Logged at start: ${warning}`),
    ...(ignored.length === 0 ? [] : [`Without effect here: ${ignored.join(', ')}.`]),
  ];
  return [
    view.figure,
    ...drawConsole(outcome.blocked?.message, story),
    ...notes.map((note) => element('p', { class: 'aside' }, note)),
    ...drawLetters(outcome.sent),
  ];
}

/** What a test with `pageAt()` would print. */
function drawConsole(message: string | undefined, story: Story): Drawn {
  return message === undefined
    ? []
    : [
        element(
          'details',
          { class: 'more' },
          element('summary', {}, 'As pageAt() reports it in a test'),
          element(
            'pre',
            { tabindex: '0', 'aria-label': badgeOf(story) },
            element('code', {}, `CorsBlockedError: ${message}`),
          ),
        ),
      ];
}

function drawLetters(sent: readonly Sent[]): Drawn {
  return sent.length === 0
    ? []
    : [
        element(
          'section',
          { class: 'letters', 'aria-labelledby': 'letters' },
          element('h3', { id: 'letters' }, 'To the letter'),
          ...sent.map(drawMessages),
          element(
            'p',
            { class: 'hint' },
            'Left out: what the browser and the platform add of their own, such as User-Agent and Date.',
          ),
        ),
      ];
}

function drawMessages({ method, path, lines, answer }: Sent): HTMLElement {
  const title = method === 'OPTIONS' ? 'OPTIONS and its answer' : `${method} and its answer`;
  return element(
    'div',
    { class: 'messages' },
    drawMessage(`${title}: request`, `${method} ${path} HTTP/1.1`, lines.filter(isOfTheRequest)),
    drawMessage(
      `${title}: response`,
      `HTTP/1.1 ${answer.status} ${phraseOf(answer.status)}`.trim(),
      answer.headers,
      answer.body,
    ),
  );
}

/** What every browser sends in its own way, and no CORS depends on. */
function isOfTheRequest([name]: HeaderLine): boolean {
  return !/^(?:user-agent|accept-language|accept-encoding)$/i.test(name);
}

function drawMessage(label: string, first: string, lines: readonly HeaderLine[], body = ''): HTMLElement {
  const code = element('code', {}, element('b', {}, first));
  for (const [name, value] of lines) {
    const isCors = /^(?:access-control-.*|origin|vary)$/i.test(name);
    code.append(
      '\n',
      element('span', isCors ? { class: 'cors' } : {}, element('span', { class: 'name' }, `${name}:`), ` ${value}`),
    );
  }
  if (body !== '') {
    code.append('\n\n', body);
  }
  return element('pre', { tabindex: '0', 'aria-label': label }, code);
}
