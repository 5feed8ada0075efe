/** A searchable list of every route, gateway and entry of `paths`, with its policy and the layer that wrote each key. */
import { element } from '../picture/index.js';
import { askLink, questionAt, SOCKET } from './address.js';
import type { PolicyReport } from './server.js';

type Route = PolicyReport['routes'][number];
type PathEntry = PolicyReport['paths'][number];
type Policy = NonNullable<Route['policy']>;

interface Item {
  readonly node: HTMLElement;
  /** The searched text, in lower case. */
  readonly text: string;
}

export function viewPolicies({ routes, paths, root }: PolicyReport): HTMLElement {
  const items = [...routes.map(viewRoute), ...paths.map(viewEntry), viewRoot(root)];
  const search = element('input', { type: 'search', id: 'find', autocomplete: 'off', spellcheck: 'false' });
  const count = element('p', { class: 'count', role: 'status' });
  const nothing = element('p', { class: 'empty' }, 'No entry contains all of these words.');
  const list = element('ul', { class: 'policies' }, ...items.map(({ node }) => node));

  function find(): void {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { node, text } of items) {
      node.hidden = !words.every((word) => text.includes(word));
      shown += node.hidden ? 0 : 1;
    }
    count.textContent = words.length === 0 ? `${items.length} entries` : `${shown} of ${items.length}`;
    nothing.hidden = shown > 0;
  }
  search.addEventListener('input', find);
  find();

  return element(
    'div',
    {},
    element(
      'div',
      { class: 'find' },
      element('label', { for: 'find' }, 'Find a path, a handler, a method or an origin'),
      search,
      count,
    ),
    list,
    nothing,
  );
}

function viewRoute({ route, method, path, policy, sources }: Route): Item {
  const question = questionAt({ method, path });
  const text = method === SOCKET ? 'Ask about this socket' : 'Ask about this route';
  const ask = question === undefined ? [] : [element('p', {}, askLink(text, question))];
  return viewItem(
    [method, path, route],
    policy,
    sources,
    ask,
    'No layer names an origin: the application’s own headers decide.',
  );
}

function viewEntry({ entry, path, methods, policy, sources }: PathEntry): Item {
  const [name = entry] = entry.split(' ');
  const title = [methods?.join(', ') ?? 'ANY', path.join(', '), name];
  return viewItem(title, policy, sources, [], 'Untouched: the code that serves these URLs handles CORS itself.');
}

function viewRoot({ policy, sources }: PolicyReport['root']): Item {
  const without = 'forRoot names no origin: the application’s own headers decide.';
  return viewItem(['ANY', 'other URLs', 'forRoot'], policy, sources, [], without);
}

function viewItem(
  [method = '', path = '', name = '']: readonly string[],
  policy: Policy | undefined,
  sources: Route['sources'],
  more: readonly HTMLElement[],
  without: string,
): Item {
  const who = whoOf(policy);
  const summary = element(
    'summary',
    {},
    element('span', { class: 'method' }, method),
    ' ',
    element('span', { class: 'path' }, ...breakable(path)),
    ' ',
    element('span', { class: 'name' }, ...breakable(name)),
    ' ',
    element('span', { class: `who ${policy?.shares ?? 'untouched'}` }, who),
  );
  const body = policy === undefined ? element('p', {}, without) : viewPolicy(policy, sources);
  const node = element('li', {}, element('details', {}, summary, element('div', { class: 'policy' }, body, ...more)));
  return { node, text: [method, path, name, who, ...(policy?.origins ?? [])].join(' ').toLowerCase() };
}

function viewPolicy(policy: Policy, sources: Route['sources']): HTMLElement {
  const written = new Map(Object.entries(sources));
  const rows = keysOf(policy).map(([key, value]) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, key),
      element('td', {}, ...breakable(value)),
      element('td', { class: written.has(key) ? '' : 'default' }, ...breakable(writerOf(written.get(key)))),
    ),
  );
  const heads = ['key', 'value', 'written by'].map((text) => element('th', { scope: 'col' }, text));
  return element(
    'table',
    {},
    element('caption', { class: 'visually-hidden' }, 'The policy in force'),
    element('thead', {}, element('tr', {}, ...heads)),
    element('tbody', {}, ...rows),
  );
}

function keysOf(policy: Policy): readonly (readonly [key: string, value: string])[] {
  if (policy.shares === 'nobody') {
    // No other key has an effect.
    return [['origin', 'nobody']];
  }
  return [
    ['origin', policy.shares === 'named' ? policy.origins.join('\n') : policy.shares],
    ['credentials', policy.credentials ? 'allowed' : 'not allowed'],
    ['methods', listOf(policy.methods)],
    ['allowedHeaders', listOf(policy.allowedHeaders)],
    ['exposedHeaders', listOf(policy.exposedHeaders)],
    ['maxAge', policy.maxAge === undefined ? 'not sent' : `${policy.maxAge} s`],
    ['enforce', policy.enforce ? 'yes: refused requests get a 403' : 'no'],
    ['preflightContinue', policy.preflightContinue ? 'yes' : 'no'],
    ['optionsSuccessStatus', String(policy.optionsSuccessStatus)],
    ['originTimeout', `${policy.originTimeout} ms`],
  ];
}

/** `CatsController` for `CatsController (every route)`; an entry of `paths` keeps its pattern, which identifies it. */
function writerOf(source: string | undefined): string {
  return source?.startsWith('paths[') ? source : (source?.replace(/ \(.*$/, '') ?? 'default');
}

function whoOf(policy: Policy | undefined): string {
  if (policy === undefined) {
    return 'left to the app';
  }
  const [first = policy.shares, ...others] = policy.origins;
  if (policy.shares !== 'named') {
    return policy.shares;
  }
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

function listOf(list: string | readonly string[]): string {
  return typeof list === 'string' ? list : list.length === 0 ? 'none' : list.join(', ');
}

/** A line may end after a slash, a dot or a comma. */
function breakable(text: string): (Node | string)[] {
  return text.split(/(?<=[/.,])/).flatMap((part, index) => (index === 0 ? [part] : [element('wbr'), part]));
}
