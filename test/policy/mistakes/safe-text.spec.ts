import { describe, expect, it } from '@jest/globals';

import { thrownStack, thrownText } from '../../../lib/policy/mistakes/safe-text.js';
import { HOSTILE_THENABLES, HOSTILE_VALUES } from '../../cases/hostile-values.js';

describe('what was thrown', () => {
  it.each([...HOSTILE_VALUES, ...HOSTILE_THENABLES.filter(([title]) => !title.startsWith('a promise'))])(
    'is one short printable line: %s',
    (_, make) => {
      expect(thrownText(make())).toMatch(/^[ -~]{1,206}…?n?$/);
      expect(thrownStack(make()) ?? '').toMatch(/^(?:[ -~]{0,206}…?(?:\n|$)){0,31}$/);
    },
  );

  it.each([
    [new Error('no database'), 'no database'],
    [new TypeError(''), 'TypeError'],
    ['just a text', 'just a text'],
    [{ message: 'an object with one' }, 'an object with one'],
    ['', '""'],
    [undefined, 'undefined'],
    [Symbol('s'), 'Symbol(s)'],
    [12n, '12n'],
    [{}, 'an object'],
  ])('%p reads %s', (thrown, text) => {
    expect(thrownText(thrown)).toBe(text);
  });

  it.each([
    ['Failed to parse URL from http://u:se/cr@et@db:99999/x', 'Failed to parse URL from http://...@db:99999/x'],
    ['redis://:secret@one,redis://:secret@two and https://a.example/@b', 'redis://...@two and https://a.example/@b'],
  ])('has no password of a URL: %s', (message, text) => {
    expect(thrownText(new Error(message))).toBe(text);
    expect(thrownStack({ stack: `Error: ${message}\n    at x` })).toBe(`Error: ${text}\n    at x`);
  });

  it('has its code if it has no message, as for a host of several addresses where none answers', () => {
    expect(thrownText(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
  });

  it('has its stack, line by line', () => {
    const error = new Error('x\u001b[31m');
    const stack = thrownStack(error);
    expect(stack).toMatch(/^Error: x\\u001b\[31m\n {4}at /);
    expect(thrownStack('a text')).toBeUndefined();
  });
});
