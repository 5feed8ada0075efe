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

  it('has its stack, line by line', () => {
    const error = new Error('x\u001b[31m');
    const stack = thrownStack(error);
    expect(stack).toMatch(/^Error: x\\u001b\[31m\n {4}at /);
    expect(thrownStack('a text')).toBeUndefined();
  });
});
