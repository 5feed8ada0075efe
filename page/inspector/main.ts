/** The inspector's page: policies, a question, and refusals. All values are inserted as text. */
import { element } from '../picture/index.js';
import { currentPlace } from './address.js';
import { viewAsk } from './ask.js';
import { viewPolicies } from './policies.js';
import { viewRefusals } from './refusals.js';
import { loadPolicies, type PolicyReport } from './server.js';

interface Section {
  readonly id: string;
  readonly title: string;
  readonly node: HTMLElement;
  readonly link: HTMLAnchorElement;
}

function show(policies: PolicyReport): void {
  const ask = viewAsk(firstOrigin(policies) ?? 'https://page.example');
  const refusals = viewRefusals(policies);
  const badge = element('span', { class: 'badge-count' });
  const sections = [
    section('policies', 'Policies', viewPolicies(policies)),
    section('ask', 'Ask', ask.node),
    section('refused', 'Refusals', refusals.node, badge),
  ];

  function go(): void {
    const { section: id, query } = currentPlace();
    const current = sections.find((each) => each.id === id) ?? sections[0];
    for (const each of sections) {
      each.node.hidden = each !== current;
      each.link.toggleAttribute('aria-current', each === current);
      if (each === current) {
        each.link.setAttribute('aria-current', 'page');
      }
    }
    if (current?.id === 'ask') {
      ask.fill(query);
    }
  }

  const nav = element('nav', { 'aria-label': 'Sections' }, ...sections.map(({ link }) => link));
  const head = element('header', { class: 'head' }, element('h1', {}, 'CORS inspector'), nav);
  const main = element('main', { id: 'content', tabindex: '-1' }, ...sections.map(({ node }) => node));
  document.body.replaceChildren(skipLink(main), head, main);
  addEventListener('hashchange', () => {
    go();
    main.querySelector<HTMLElement>('section:not([hidden]) h2')?.focus();
  });
  go();
  refusals.watch((count) => {
    badge.textContent = count === 0 ? '' : ` ${count}`;
  });
}

function section(id: string, title: string, content: HTMLElement, ...more: Node[]): Section {
  const heading = element('h2', { id: `${id}-title`, class: 'visually-hidden', tabindex: '-1' }, title);
  const node = element('section', { 'aria-labelledby': heading.id }, heading, content);
  return { id, title, node, link: element('a', { href: `#${id}` }, title, ...more) };
}

/** By script, as the part of the address after `#` selects the section. */
function skipLink(main: HTMLElement): HTMLElement {
  const button = element('button', { type: 'button', class: 'skip' }, 'Skip to the content');
  button.addEventListener('click', () => main.focus());
  return button;
}

/** An origin that some policy names, as the initial value of the question. */
function firstOrigin({ routes }: PolicyReport): string | undefined {
  const origins = routes.flatMap(({ policy }) => policy?.origins ?? []);
  return origins.find((origin) => /^https?:\/\/[^*/]+$/.test(origin));
}

try {
  show(await loadPolicies());
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  document.body.replaceChildren(element('p', { class: 'failure', role: 'alert' }, text));
}
