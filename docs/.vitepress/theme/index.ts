import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import '../../../page/picture/picture.css';
import './site.css';
import Exchange from './Exchange.vue';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('Exchange', Exchange);
  },
} satisfies Theme;
