import type { Plugin } from 'vitepress';

type PluginOfVite = NonNullable<Exclude<Plugin, false | unknown[] | Promise<unknown>>>;

interface Repair {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** What axe finds in VitePress 1.6's own components, and a screen reader stumbles over. */
const REPAIRS: readonly Repair[] = [
  // A box that holds a field and links is not a button.
  {
    file: 'VPLocalSearchBox.vue',
    from: `role="button"
      :aria-owns="results?.length ? 'localsearch-list' : undefined"
      aria-expanded="true"
      aria-haspopup="listbox"
      aria-labelledby="localsearch-label"`,
    to: `role="dialog"
      aria-modal="true"
      :aria-label="buttonText"`,
  },
  // The link is the option, and is named by what it shows.
  {
    file: 'VPLocalSearchBox.vue',
    from: `:id="'localsearch-item-' + index"
            :aria-selected="selectedIndex === index ? 'true' : 'false'"
            role="option"`,
    to: 'role="presentation"',
  },
  {
    file: 'VPLocalSearchBox.vue',
    from: `:aria-label="[...p.titles, p.title].join(' > ')"`,
    to: `:id="'localsearch-item-' + index"
              :aria-selected="selectedIndex === index ? 'true' : 'false'"
              role="option"`,
  },
  // A key may not have a name of its own, but a picture of one may.
  { file: 'VPLocalSearchBox.vue', from: '<kbd :aria-label', to: '<kbd role="img" :aria-label' },
  // site.css draws the key beside the word, because the key is not part of the button's name.
  {
    file: 'VPNavBarSearchButton.vue',
    from: '<kbd class="DocSearch-Button-Key">K</kbd>',
    to: '<kbd class="DocSearch-Button-Key letter"></kbd>',
  },
  // Each page has a main part.
  { file: 'NotFound.vue', from: '<div class="NotFound">', to: '<div class="NotFound" role="main">' },
  { file: 'VPPage.vue', from: '<div class="VPPage">', to: '<div class="VPPage" role="main">' },
];

/** Repairs them where the site is built. A component that has changed since stops the build. */
export function themeRepairs(): PluginOfVite {
  return {
    name: 'theme-repairs',
    enforce: 'pre',
    transform(code, id) {
      const repairs = REPAIRS.filter(
        ({ file }) => id.endsWith(`/theme-default/${file}`) || id.endsWith(`/components/${file}`),
      );
      return repairs.reduce<string | undefined>((text, { file, from, to }) => {
        const before = text ?? code;
        if (!before.includes(from)) {
          throw new Error(`${file} of VitePress has changed: see whether it still needs this repair: ${from}`);
        }
        return before.replaceAll(from, () => to);
      }, undefined);
    },
  };
}
