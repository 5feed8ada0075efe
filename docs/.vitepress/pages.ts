import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DefaultTheme } from 'vitepress';

const DOCS = fileURLToPath(new URL('../', import.meta.url));

/** The parts of the site, with the pages of `docs` in reading order. A page that is not there yet is left out. */
const PARTS: readonly { readonly text: string; readonly pages: readonly string[] }[] = [
  { text: 'Start', pages: ['start', 'playground', 'migrating'] },
  { text: 'When it fails', pages: ['2am', 'common-mistakes'] },
  { text: 'Reference', pages: ['options', 'policy-rules', 'errors', 'testing', 'observability'] },
  {
    text: 'Why',
    pages: ['why', 'how-it-works', 'performance', 'browsers', 'limits', 'security', 'contributing', 'changelog'],
  },
];

interface Page {
  readonly link: string;
  readonly text: string;
  readonly order: number;
}

/** One sidebar for all pages; the guides are found by their front matter, and any other page that no part names. */
export function sidebar(): DefaultTheme.SidebarItem[] {
  const [start, ...others] = PARTS.map(({ text, pages }) => ({
    text,
    items: pages.filter((name) => existsSync(`${DOCS}${name}.md`)).map((name) => pageAt(`${name}.md`)),
  }));
  const guides = { text: 'Guides', items: [...guidesIn('guides/'), ...unnamedPages()].toSorted(inOrder) };
  return [...(start ? [start] : []), guides, ...others, ...apiSidebar()];
}

export function hasPage(name: string): boolean {
  return existsSync(`${DOCS}${name}.md`);
}

function guidesIn(folder: string): Page[] {
  return existsSync(`${DOCS}${folder}`)
    ? readdirSync(`${DOCS}${folder}`)
        .filter((file) => file.endsWith('.md') && file !== 'index.md')
        .map((file) => pageAt(`${folder}${file}`))
    : [];
}

function unnamedPages(): Page[] {
  const named = new Set(['index', ...PARTS.flatMap(({ pages }) => pages)]);
  return readdirSync(DOCS)
    .filter((file) => file.endsWith('.md') && !named.has(file.slice(0, -3)))
    .map((file) => pageAt(file));
}

/** The name of a page is `title` of its front matter (`nav`, if that is too long for the sidebar), else its first heading. */
function pageAt(file: string): Page {
  const text = readFileSync(`${DOCS}${file}`, 'utf8');
  const front = /^---\n([\s\S]*?)\n---\n/.exec(text)?.[1] ?? '';
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}: *(.+?) *$`, 'm').exec(front)?.[1]?.replace(/^(['"])(.*)\1$/, '$2');
  const heading = /^# (.+)$/m.exec(text)?.[1];
  return {
    link: `/${file.slice(0, -3)}`,
    text: (field('nav') ?? field('title') ?? heading ?? file).replaceAll('`', ''),
    order: Number(field('order') ?? 500),
  };
}

function inOrder(one: Page, other: Page): number {
  return one.order - other.order || one.text.localeCompare(other.text);
}

/** What typedoc has written, one page for each entry point: nothing, until it has run. */
function apiSidebar(): DefaultTheme.SidebarItem[] {
  const entries = [
    'nestjs-cors',
    ...['testing', 'inspector', 'redis', 'postgres'].map((name) => `nestjs-cors/${name}`),
  ];
  return existsSync(`${DOCS}api/index.md`)
    ? [{ text: 'API', items: entries.map((text) => ({ text, link: `/api/${text}` })) }]
    : [];
}
