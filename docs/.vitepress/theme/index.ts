import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import '../../../page/picture/picture.css';
import './site.css';
import Exchange from './Exchange.vue';
import Playground from './Playground.vue';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('Exchange', Exchange);
    app.component('Playground', Playground);
  },
} satisfies Theme;
