/** A closed application leaves no handle: its process ends by itself. Over real servers: test/tenants/closing.spec.ts. */
import { describe, expect, it } from '@jest/globals';

import { BOTH_PLATFORMS } from '../../support/ways.js';
import { ENDS_BY_ITSELF, runToItsEnd } from '../../tenants/closing/run-to-its-end.js';

const NOT_TOLD = /.* the other instances could not be told of a change, .*: the bus took longer than 2000 ms\n/;

describe.each(BOTH_PLATFORMS)('a process with a store, on %s', (_, way) => {
  it.each([
    ['no bus', 'none'],
    ['a bus', 'in-process'],
    ['a bus that never says anything', 'silent'],
    ['a bus that cannot be left', 'stuck'],
  ])(
    'and %s ends once the application is closed',
    async (_title, bus) => {
      const { printed, ...ending } = await runToItsEnd(way, bus);
      // What changes at the last moment cannot be told over a bus that does not answer.
      expect(NOT_TOLD.test(printed)).toBe(bus === 'silent');
      expect({ ...ending, printed: printed.replace(NOT_TOLD, '') }).toEqual(ENDS_BY_ITSELF);
    },
    120_000,
  );
});
