// Without fonts: they would be loaded from this site, and the system's are good.
import DefaultTheme from 'vitepress/theme-without-fonts';
import type { Theme } from 'vitepress';

export default { extends: DefaultTheme } satisfies Theme;
