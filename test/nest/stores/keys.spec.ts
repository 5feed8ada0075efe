import { describe, expect, it } from '@jest/globals';

import { readMessage, textOfMessage } from '../../../lib/nest/stores/bus-message.js';
import { idOfKey, isId } from '../../../lib/nest/stores/list-key.js';
import { StoredLists } from './stored-lists.js';

const A = 'https://a.example';
const LONG = `acme${'x'.repeat(15_000)}`;

const KEYS = [
  'acme',
  '',
  ' ',
  '__proto__',
  'constructor',
  'toString',
  'ACME',
  'bücher',
  '\u0000',
  '\ud800',
  '\udfff\ud800',
  '\u2028"\\',
  'x'.repeat(200),
  'x'.repeat(201),
  LONG,
  '\ud800'.repeat(15_000),
];

describe('a key', () => {
  it.each(KEYS.map((key, index) => [index, key] as const))(
    'has a list of its own, whatever it is (%d)',
    async (_, key) => {
      const stored = new StoredLists();
      stored.database = (asked) => (asked === key ? [A] : undefined);
      expect(await stored.allows(key)).toBe(true);
      for (const other of KEYS.filter((each) => each !== key)) {
        expect(await stored.allows(other)).toBe(false);
      }
      expect(stored.allows(key)).toBe(true);
      expect(stored.loads.map((load) => load.key).toSorted()).toEqual(KEYS.toSorted());
    },
  );

  it.each(KEYS.map((key, index) => [index, key] as const))(
    'is said to be changed in a short message (%d)',
    (_, key) => {
      const message = { kind: 'changed', id: idOfKey(key) } as const;
      const text = textOfMessage(message, 'me');
      // As a transport has it that knows nothing but UTF-8.
      const carried = Buffer.from(text, 'utf8').toString('utf8');
      expect(readMessage(carried)).toEqual({ ...message, sender: 'me' });
      expect(Buffer.byteLength(text)).toBeLessThan(2000);
      expect(text).not.toContain('\u0000');
    },
  );

  it('that is long is remembered by a hash that no short key can be', () => {
    const id = idOfKey(LONG);
    expect([id.length, isId(id), idOfKey(id)]).not.toEqual([id.length, true, id]);
    expect(idOfKey(`${LONG}y`)).not.toBe(id);
    expect(new Set(KEYS.map(idOfKey)).size).toBe(KEYS.length);
  });

  it('that is long is quoted and cut where the log names it', async () => {
    const stored = new StoredLists();
    stored.database = () => Promise.reject(new Error(`no ${LONG}`));
    await stored.allows(`\u001b[2J${LONG}`);
    expect(stored.said).toHaveLength(1);
    expect(stored.said[0]?.length).toBeLessThan(500);
    expect(stored.said[0]).toMatch(/^[\x20-\x7e…]+$/);
  });
});

describe('twenty thousand tenants that strangers make up', () => {
  it('are remembered up to max, loaded one after the other, and leave the others what they have', async () => {
    const max = 1000;
    const stored = new StoredLists({ max });
    let [running, most] = [0, 0];
    stored.database = async (key) => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      return key.startsWith('tenant') ? [A] : undefined;
    };
    const tenants = Array.from({ length: 900 }, (_, index) => `tenant ${index}`);
    await Promise.all(tenants.map(async (tenant) => stored.allows(tenant)));
    const before = stored.loads.length;
    for (let batch = 0; batch < 20; batch += 1) {
      const asked = Array.from({ length: 1000 }, async (_, index) => stored.allows(`${batch} ${index}`));
      expect((await Promise.all(asked)).includes(true)).toBe(false);
      expect(stored.lists.size).toBeLessThanOrEqual(max);
      stored.loads.length = 0;
      stored.said.length = 0;
    }
    expect(before).toBe(900);
    expect(most).toBeLessThanOrEqual(32);
    expect(stored.clock.timers).toBe(0);
    expect(tenants.filter((tenant) => stored.allows(tenant) === true)).toHaveLength(900);
  });
});

describe('what comes over a bus', () => {
  it.each([
    ['text', 'changed acme'],
    ['no JSON', '["nestjs-cors",1,"me","changed","acme"'],
    ['another version', '["nestjs-cors",2,"me","changed","acme"]'],
    ['an unknown kind', '["nestjs-cors",1,"me","open"]'],
    ['no id', '["nestjs-cors",1,"me","changed"]'],
    ['an id that is none', `["nestjs-cors",1,"me","changed","${'x'.repeat(202)}"]`],
    ['a policy', '["nestjs-cors",1,"me","changed",{"origin":"*"}]'],
    ['too much', '["nestjs-cors",1,"me","reload",1]'],
    ['no sender', '["nestjs-cors",1,7,"reload"]'],
    ['10 MB', `["nestjs-cors",1,"me","changed","${'x'.repeat(10_000_000)}"]`],
    ['binary', Buffer.from([0xff, 0xfe, 0])],
    ['a number', 1],
    ['null', null],
    ['an object', { kind: 'changed' }],
  ])('is not read where it is %s', (_, text) => {
    expect(readMessage(text)).toBeUndefined();
  });
});
