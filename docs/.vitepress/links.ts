import type { MarkdownRenderer } from 'vitepress';

/** The pages that stand for files of the repository beside this folder. */
const PAGE_OF: Readonly<Record<string, string>> = {
  'README.md': '/',
  'CHANGELOG.md': '/changelog',
  'CONTRIBUTING.md': '/contributing',
  'SECURITY.md': '/security',
};

/** Pages that only show such a file: its links start at the root of the repository. */
const SHOWS_FILE_OF_ROOT = new Set(['changelog.md', 'contributing.md', 'security.md']);

/** A link to a file beside this folder leads to the page that shows it. The files stay as GitHub and npm want them. */
export function linkFilesBesideTheSite(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('files-beside-the-site', ({ tokens, env }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.attrGet('href');
      if (token.type === 'link_open' && href !== null) {
        token.attrSet('href', pageFor(href, String(env.relativePath)));
      }
    }
  });
}

export function pageFor(href: string, page: string): string {
  const [file = '', hash = ''] = href.split(/(?=#)/);
  const name = file.replace(/^(?:\.\.?\/)+/, '');
  const isBeside = SHOWS_FILE_OF_ROOT.has(page) ? /^(?:\.\/)?[^/:]+\.md$/.test(file) : file.startsWith('../');
  const target = isBeside ? PAGE_OF[name] : undefined;
  if (target !== undefined) {
    return `${target}${hash}`;
  }
  return SHOWS_FILE_OF_ROOT.has(page) ? href.replace(/^(?:\.\/)?docs\//, './') : href;
}
