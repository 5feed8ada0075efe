/** Builds the library for browsers: a plugin for Vite and Rollup. */
import { fileURLToPath } from 'node:url';

const inBrowser = (name: string): string => fileURLToPath(new URL(`browser/${name}`, import.meta.url));

/** Modules of lib, and what takes their place. */
const REPLACED: readonly (readonly [RegExp, string])[] = [
  [/\/packages\/node\.js$/, inBrowser('node.ts')],
  [/\/packages\/on-demand\.cjs$/, inBrowser('on-demand.ts')],
  [/\/registrable-domain\.js$/, inBrowser('on-demand.ts')],
  [/\/mistakes\/issue\.js$|^\.\/issue\.js$/, inBrowser('on-demand.ts')],
  [/\/regexp-analysis\.js$/, inBrowser('on-demand.ts')],
  [/\/closest-name\.js$/, inBrowser('on-demand.ts')],
];

interface Plugin {
  readonly name: string;
  readonly enforce: 'pre';
  resolveId(source: string, importer: string | undefined): string | undefined;
}

export function libraryInBrowsers(): Plugin {
  return {
    name: 'nestjs-cors-in-browsers',
    enforce: 'pre',
    resolveId(source, importer) {
      const isOfLib =
        importer !== undefined && /\/lib\/[^?]*\.ts$|\/page\/playground\//.test(importer.replaceAll('\\', '/'));
      const isLoader = importer === inBrowser('on-demand.ts');
      return isOfLib && !isLoader ? REPLACED.find(([name]) => name.test(source))?.[1] : undefined;
    },
  };
}
