import type { Page } from './pages.js';

/** A fenced block of code. */
export interface Block {
  readonly page: string;
  /** The line of the page on which its code begins, from 1. */
  readonly line: number;
  readonly language: string;
  /** What follows the language: `run`, `CORS_ORIGINS=https://app.example.com`. */
  readonly words: readonly string[];
  readonly code: string;
}

/** A program to run, and what the page says of it. */
export interface Program {
  readonly block: Block;
  readonly exchanges: readonly Block[];
  readonly output: readonly Block[];
}

export function blocksOf({ path, text }: Page): Block[] {
  return [...text.matchAll(/^( *)```([\w-]*)(.*)\n([\s\S]*?)^\1```$/gm)].map(
    ([, indent = '', language = '', words = '', code = ''], index, all) => ({
      page: path,
      line: text.slice(0, all[index]?.index).split('\n').length + 1,
      language,
      words: words.split(' ').filter(Boolean),
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
}

/**
 * The programs of a page, which are the blocks that create an application and those marked ```ts run, each with the blocks
 * ```http and ```text after it. The output is that of marked ones.
 */
export function programsOf(page: Page): Program[] {
  return assigned(page).programs;
}

/** What no program answers, and so nobody has checked. */
export function unansweredIn(page: Page): string[] {
  return assigned(page).unanswered.map(
    (block) => `${placeOf(block)}: no program answers this; write \`\`\`ts run before the program that does`,
  );
}

export function isMarked({ words }: Block): boolean {
  return words[0] === 'run';
}

function assigned(page: Page): { programs: Program[]; unanswered: Block[] } {
  const programs: { block: Block; exchanges: Block[]; output: Block[] }[] = [];
  const unanswered: Block[] = [];
  for (const block of blocksOf(page)) {
    const current = programs.at(-1);
    if (block.language === 'ts' && (isMarked(block) || /\bNestFactory\s*\.create\b/.test(block.code))) {
      programs.push({ block, exchanges: [], output: [] });
    } else if (block.language === 'http') {
      (current?.exchanges ?? unanswered).push(block);
    } else if (block.language === 'text' && current !== undefined && isMarked(current.block)) {
      current.output.push(block);
    }
  }
  return { programs, unanswered };
}

export function placeOf({ page, line }: Block): string {
  return `${page}:${line}`;
}
