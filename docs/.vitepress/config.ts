import { defineConfig } from 'vitepress';

/** The site: the files of this folder are its pages. Nothing is loaded from another host. */
export default defineConfig({
  title: 'nestjs-cors',
  description: 'One CORS policy for each route of a NestJS application',
  lang: 'en',
  cleanUrls: true,
  // Files beside this folder, such as the changelog.
  ignoreDeadLinks: [/^\.\/\.\.\//],
  themeConfig: {
    search: { provider: 'local' },
  },
});
