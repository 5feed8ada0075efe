import { postcssIsolateStyles } from 'vitepress';

/** The theme's styles of texts end at `.vp-raw`: what draws itself has styles of its own. */
export default {
  plugins: [postcssIsolateStyles({ includeFiles: [/vp-doc\.css/] })],
};
