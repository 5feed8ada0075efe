import { readFileSync } from 'node:fs';
import type { Plugin } from 'vitepress';

type PluginOfVite = NonNullable<Exclude<Plugin, false | unknown[] | Promise<unknown>>>;

/** The colours of all pictures and pages are written once, here. */
const SHEET = 'page/picture/picture.css';

/** Elsewhere they follow the system; on the site the visitor chooses, and the theme marks the choice with a class. */
const BY_SYSTEM = '@media (prefers-color-scheme: dark) {\n  :root {';
const BY_CLASS = '@media all {\n  html.dark {\n    color-scheme: dark;\n';

export function coloursByClass(): PluginOfVite {
  return {
    name: 'colours-by-class',
    enforce: 'pre',
    transform(code, id) {
      if (!id.replace(/\?.*$/, '').endsWith(`/${SHEET}`)) {
        return undefined;
      }
      if (!code.includes(BY_SYSTEM) || !code.includes('color-scheme: light dark;')) {
        throw new Error(`${SHEET} has no dark colours where they are expected: ${BY_SYSTEM}`);
      }
      return code.replace(BY_SYSTEM, BY_CLASS).replace('color-scheme: light dark;', 'color-scheme: light;');
    },
  };
}

/** The background in the light and in the dark, for the browser's own frame. */
export function papers(): readonly string[] {
  const sheet = readFileSync(new URL(`../../${SHEET}`, import.meta.url), 'utf8');
  return [...sheet.matchAll(/--paper: (#\w+);/g)].map(([, colour = '']) => colour);
}
