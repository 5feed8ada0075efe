/** A closed application leaves no handle: its process ends by itself. Over real servers: test/tenants/closing.spec.ts. */
import { describe, expect, it } from '@jest/globals';

import { BOTH_PLATFORMS } from '../../support/ways.js';
import { ENDS_BY_ITSELF, runToItsEnd } from '../../tenants/closing/run-to-its-end.js';

describe.each(BOTH_PLATFORMS)('a process with a store, on %s', (_, way) => {
  it.each([
    ['no bus', 'none'],
    ['a bus', 'in-process'],
    ['a bus that never says anything', 'silent'],
    ['a bus that cannot be left', 'stuck'],
  ])(
    'and %s ends once the application is closed',
    async (_title, bus) => {
      expect(await runToItsEnd(way, bus)).toEqual(ENDS_BY_ITSELF);
    },
    120_000,
  );
});
