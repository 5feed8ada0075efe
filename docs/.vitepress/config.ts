import { slug } from 'github-slugger';
import { type DefaultTheme, defineConfig } from 'vitepress';
import { libraryInBrowsers } from '../../page/playground/build.js';
import { coloursByClass, papers } from './colours.js';
import { linkFilesBesideTheSite } from './links.js';
import { hasPage, sidebar } from './pages.js';
import { emptyHeadsAreCells } from './tables.js';
import { themeRepairs } from './theme-repairs.js';

const [light = '', dark = ''] = papers();

/** The site: the files of this folder are its pages. Nothing is loaded from another host. */
export default defineConfig({
  title: 'nestjs-cors',
  titleTemplate: ':title · nestjs-cors',
  description: 'One CORS policy for each route of a NestJS application',
  lang: 'en',
  // For a host that serves the site below a path: DOCS_BASE=/nestjs-cors/
  base: process.env['DOCS_BASE'] ?? '/',
  cleanUrls: true,
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: `${process.env['DOCS_BASE'] ?? '/'}logo.svg` }],
    ['meta', { name: 'theme-color', media: '(prefers-color-scheme: light)', content: light }],
    ['meta', { name: 'theme-color', media: '(prefers-color-scheme: dark)', content: dark }],
  ],
  // The playground runs the library itself.
  vite: { plugins: [libraryInBrowsers(), themeRepairs(), coloursByClass()] },
  markdown: {
    // Anchors as GitHub writes them, so that a link works in both places.
    anchor: { slugify: slug },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config(markdown) {
      linkFilesBesideTheSite(markdown);
      emptyHeadsAreCells(markdown);
    },
  },
  themeConfig: {
    logo: { src: '/logo.svg', alt: '', width: 24, height: 24 },
    nav: nav(),
    sidebar: sidebar(),
    outline: { level: [2, 3] },
    search: { provider: 'local', options: { detailedView: true } },
    docFooter: { prev: 'Before', next: 'Next' },
    externalLinkIcon: true,
    notFound: {
      title: 'Page not found',
      quote: 'The address may have changed. The search knows every page.',
      linkText: 'To the first page',
      linkLabel: 'To the first page',
    },
  },
});

function nav(): DefaultTheme.NavItem[] {
  const items = [
    { text: 'Start', page: 'start' },
    { text: 'Guides', page: 'guides/cookies', activeMatch: '^/(guides|tenants)' },
    { text: '2 a.m.', page: '2am' },
    { text: 'Playground', page: 'playground' },
    { text: 'Reference', page: 'options', activeMatch: '^/(options|policy-rules|errors|api/)' },
    { text: 'Why', page: 'why' },
  ];
  return items
    .filter(({ page }) => hasPage(page))
    .map(({ text, page, activeMatch = `^/${page}` }) => ({ text, link: `/${page}`, activeMatch }));
}
