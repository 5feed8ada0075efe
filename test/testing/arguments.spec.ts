import { describe, expect, it } from '@jest/globals';
import { pageAt, policyTable, type Page } from 'nestjs-cors/testing';

/** Callers without types may pass anything: an error says which argument is wrong, and no property of undefined is read. */
const WRONG: readonly unknown[] = [undefined, null, 5, {}, Symbol('s')];
const ENGINE_WORDS =
  /Cannot read|is not a function|Cannot convert|is not iterable|Cannot destructure|Invalid URL|reading '/;
const URL_OF_SERVER = 'http://127.0.0.1:9';

const METHODS: readonly (readonly [string, (page: Page, value: never) => unknown])[] = [
  ['pageAt(origin)', (_, value) => pageAt(value)],
  ['pageAt(…, options)', (_, value) => pageAt('https://app.example.com', value)],
  ['open', (page, value) => page.open(value)],
  ['goto', (page, value) => page.goto(value)],
  ['headersFor', (page, value) => page.headersFor(value)],
  ['connect(target)', (page, value) => page.connect(value, '/')],
  ['connect(…, url)', (page, value) => page.connect(URL_OF_SERVER, value)],
  ['connect(…, protocols)', (page, value) => page.connect(URL_OF_SERVER, '/', value)],
  ['fetch(target)', (page, value) => page.fetch(value, '/')],
  ['fetchFor(target)', (page, value) => page.fetchFor(value)],
  ['submit(target)', (page, value) => page.submit(value, '/')],
  ['submit(…, url)', (page, value) => page.submit(URL_OF_SERVER, value)],
  ['submit(…, form)', (page, value) => page.submit(URL_OF_SERVER, '/', value)],
  ['submit(…, { method })', (page, value) => page.submit(URL_OF_SERVER, '/', { method: value })],
  ['submit(…, { body })', (page, value) => page.submit(URL_OF_SERVER, '/', { method: 'POST', body: value })],
  ['eventSource(target)', (page, value) => page.eventSource(value, '/')],
  ['cookies.set(cookie)', (page, value) => page.cookies.set(value, URL_OF_SERVER)],
  ['cookies.set(…, url)', (page, value) => page.cookies.set('a=b', value)],
  ['cookies.get', (page, value) => page.cookies.get(value)],
  ['policyTable', (_, value) => policyTable(value)],
];

describe('a wrong argument', () => {
  it.each(METHODS)('of %s is named', async (_, call) => {
    const page = pageAt('https://app.example.com');
    for (const value of WRONG) {
      let message = '';
      try {
        await call(page, value as never);
      } catch (error) {
        ({ message } = error as Error);
      }
      expect(message).not.toMatch(ENGINE_WORDS);
    }
  });
});
