import type { MarkdownRenderer } from 'vitepress';

/** Markdown has a head for each column. One without a text is no head: a screen reader would announce nothing for its cells. */
export function emptyHeadsAreCells(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('empty-heads-are-cells', ({ tokens }) => {
    tokens.forEach((token, index) => {
      const close = tokens[index + 2];
      if (token.type === 'th_open' && tokens[index + 1]?.content.trim() === '' && close?.type === 'th_close') {
        token.tag = 'td';
        close.tag = 'td';
      }
    });
  });
}
