/** Errors of Nest that the pages quote: they are what Nest prints. */
import { Module } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { CorsModule } from 'nestjs-cors';
import { createApp } from '../support/running-app.js';
import { BOTH_PLATFORMS, type Way } from '../support/ways.js';
import { writtenPages } from './pages.js';

class ConfigService {}

const pages = await writtenPages();
const quotes = pages.flatMap(({ path, text }) =>
  [...text.replaceAll(/\s+/g, ' ').matchAll(/"([^"]*can't resolve dependencies[^"]*)"/g)].map(
    ([, quoted = '']) => [path, quoted] as const,
  ),
);

/** What a factory that injects a provider of a module that is not imported prints. */
async function printedBy(way: Way): Promise<string> {
  const useFactory = (): object => ({ origin: 'https://app.example.com' });
  @Module({ imports: [CorsModule.forRootAsync({ inject: [ConfigService], useFactory })] })
  class AppModule {}

  const error: unknown = await createApp(way, AppModule)
    .then(async (app) => app.init())
    .catch((reason: unknown) => reason);
  return error instanceof Error ? error.message : 'the application has started';
}

describe.each(BOTH_PLATFORMS)('what the pages quote of Nest, on %s', (_, way) => {
  it('is what Nest says of a factory without its provider', async () => {
    const printed = await printedBy(way);

    expect(quotes.map(([path]) => path)).toEqual(['docs/common-mistakes.md', 'docs/guides/several-front-ends.md']);
    for (const [, quoted] of quotes) {
      expect(printed).toContain(quoted);
    }
  });
});
