import { describe, expect, it } from '@jest/globals';

import type { AppLog } from '../../../lib/nest/report/app-log.js';
import { BusLink } from '../../../lib/nest/stores/bus-link.js';
import { InProcessBus } from '../../support/in-process-bus.js';
import { ManualClock, settled } from './manual-clock.js';

const DOWN = new Error('no connection');

function linked(bus: InProcessBus) {
  const clock = new ManualClock();
  const heard: string[] = [];
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const listener = {
    changed: (id: string) => void heard.push(id),
    changedAny: () => void heard.push('any'),
    reload: () => void heard.push('reload'),
  };
  const link = new BusLink(bus, listener, { warn: say, error: say, debug: say } as AppLog, clock);
  link.open();
  return { link, clock, heard, said };
}

const kinds = (bus: InProcessBus) => bus.messages.map((text) => (JSON.parse(text) as string[]).slice(3).join(' '));

describe("an instance's end of the bus", () => {
  it('tells the others, and does not listen to itself', async () => {
    const bus = new InProcessBus();
    const [one, other] = [linked(bus), linked(bus)];
    await settled();
    await one.link.publish({ kind: 'changed', id: 'acme' });
    await one.link.publish({ kind: 'reload' });
    expect([one.heard, other.heard]).toEqual([['any'], ['any', 'acme', 'reload']]);
  });

  it('tells later what it could not tell, all in one, and tries until it can', async () => {
    const bus = new InProcessBus();
    const { link, clock, said } = linked(bus);
    await settled();
    bus.failure = DOWN;
    await link.publish({ kind: 'changed', id: 'acme' });
    await link.publish({ kind: 'changed', id: 'other' });
    await link.publish({ kind: 'reload' });
    await clock.pass(2999);
    expect(said).toEqual(['the other instances could not be told of a change, and are told later: no connection']);
    bus.failure = undefined;
    await clock.pass(120_000);
    expect(kinds(bus).toSorted()).toEqual(['changed-any', 'reload']);
    expect(clock.timers).toBe(0);
  });

  it('tells of many changes at a time by one message, once the bus has accepted some', async () => {
    const bus = new InProcessBus();
    const { link, clock, said } = linked(bus);
    await settled();
    const change = async (id: number) => link.publish({ kind: 'changed', id: `t${id}` });
    await Promise.all(Array.from({ length: 20_000 }, async (_, id) => change(id)));
    const told = Array.from({ length: 100 }, (_, id) => `changed t${id}`);
    expect(kinds(bus)).toEqual([...told, 'changed-any']);
    await change(7);
    expect([kinds(bus).at(-1), clock.timers]).toEqual(['changed t7', 0]);

    const accept: (() => void)[] = [];
    const publish = bus.publish.bind(bus);
    bus.publish = async (message: string) => {
      await new Promise<void>((resolve) => accept.push(resolve));
      await publish(message);
    };
    const silent = Promise.all(Array.from({ length: 20_000 }, async (_, id) => change(id)));
    await clock.pass(2000);
    await silent;
    expect([accept.length, said.length]).toEqual([100, 1]);
    await clock.pass(60_000);
    // Only what is owed is tried again.
    expect(accept.length).toBeLessThan(110);
    bus.messages.length = 0;
    accept.forEach((resolve) => resolve());
    await settled();
    expect(kinds(bus)).toContain('changed-any');
    bus.publish = publish;
    await link.close();
    expect(clock.timers).toBe(0);
  });

  it('tells later of what changes while messages hang for ever, and of a reload at once', async () => {
    const bus = new InProcessBus();
    const { link, clock } = linked(bus);
    await settled();
    const publish = bus.publish.bind(bus);
    bus.publish = async () => new Promise(() => undefined);
    const hanging = Promise.all(
      Array.from({ length: 100 }, async (_, id) => link.publish({ kind: 'changed', id: `t${id}` })),
    );
    bus.publish = publish;
    await clock.pass(60_000);
    await hanging;
    expect(kinds(bus)).toEqual(['changed-any']);
    const told = link.publish({ kind: 'changed', id: 'late' });
    await clock.pass(60_000);
    await told;
    expect(kinds(bus)).toEqual(['changed-any', 'changed-any']);
    await link.publish({ kind: 'reload' });
    expect(kinds(bus)).toEqual(['changed-any', 'changed-any', 'reload']);
    await link.close();
  });

  it('logs what a bus reports, once a minute, and nothing after it was closed', async () => {
    const bus = new InProcessBus();
    const reports: ((problem: unknown) => void)[] = [];
    const subscribe = bus.subscribe.bind(bus);
    bus.subscribe = (listener: (message: string) => void, report?: (problem: unknown) => void) => {
      reports.push(report ?? (() => undefined));
      return subscribe(listener);
    };
    const { link, clock, said } = linked(bus);
    await settled();
    for (const problem of [new Error('NOPERM \n no'), DOWN, 'text']) {
      reports[0]?.(problem);
    }
    await clock.pass(60_000);
    reports[0]?.(DOWN);
    await link.close();
    await clock.pass(60_000);
    reports[0]?.(DOWN);
    const line = 'this instance may miss messages of the bus, and hears of changes later: ';
    expect(said).toEqual([
      String.raw`${line}NOPERM \u000a no`,
      `${line}no connection (and 2 more times since the last message)`,
    ]);
  });

  it('goes on where a bus takes for ever, and tells later', async () => {
    const bus = new InProcessBus();
    const { link, clock } = linked(bus);
    await settled();
    const publish = bus.publish.bind(bus);
    bus.publish = () => new Promise(() => {});
    let isDone = false;
    void link.publish({ kind: 'changed', id: 'acme' }).then(() => (isDone = true));
    await clock.pass(2000);
    expect(isDone).toBe(true);
    bus.publish = publish;
    await clock.pass(1000);
    expect(kinds(bus)).toEqual(['changed-any']);
  });

  it('listens when it can, and takes it that everything has changed until then', async () => {
    const bus = new InProcessBus();
    bus.failure = DOWN;
    const { clock, heard, said } = linked(bus);
    await clock.pass(6999);
    expect([heard, bus.listeners.size]).toEqual([[], 0]);
    bus.failure = undefined;
    await clock.pass(1);
    expect([heard, bus.listeners.size]).toEqual([['any', 'reload'], 1]);
    expect(said).toEqual(['this instance cannot listen to the bus, and hears of changes later: no connection']);
  });

  it.each([
    [1000, ['any']],
    [1001, ['any', 'reload']],
  ])('that takes %i ms to listen has heard %j', async (milliseconds, expected) => {
    const bus = new InProcessBus();
    const subscribe = bus.subscribe.bind(bus);
    let connect = (): void => undefined;
    const connected = new Promise<void>((resolve) => (connect = resolve));
    bus.subscribe = async (listener) => {
      await connected;
      return subscribe(listener);
    };
    const { clock, heard } = linked(bus);
    await clock.pass(milliseconds);
    connect();
    await settled();
    expect(heard).toEqual(expected);
  });

  describe('where an attempt to listen never settles', () => {
    /** A bus whose attempts settle when the test says so. */
    function waitingBus() {
      const bus = new InProcessBus();
      const subscribe = bus.subscribe.bind(bus);
      const attempts: { readonly succeed: () => Promise<void>; readonly fail: () => void }[] = [];
      const ended: number[] = [];
      bus.subscribe = async (listener) => {
        const turn = attempts.length;
        return new Promise((resolve, reject) => {
          attempts.push({
            succeed: async () => {
              const unsubscribe = await subscribe(listener);
              resolve(async () => {
                ended.push(turn);
                return unsubscribe();
              });
              await settled();
            },
            fail: () => reject(DOWN),
          });
        });
      };
      return { bus, attempts, ended };
    }

    it('says so after a time, tries again, and takes it that everything has changed until then', async () => {
      const { bus, attempts, ended } = waitingBus();
      const { link, clock, heard, said } = linked(bus);
      await clock.pass(9_999);
      expect([attempts.length, said]).toEqual([1, []]);
      await clock.pass(1);
      expect(said).toEqual([
        'this instance cannot listen to the bus, and hears of changes later: the bus took longer than 10000 ms',
      ]);
      await clock.pass(999);
      expect(attempts).toHaveLength(1);
      await clock.pass(1);
      expect(attempts).toHaveLength(2);
      await attempts[1]?.succeed();
      expect(heard).toEqual(['any', 'reload']);
      expect(clock.timers).toBe(0);

      await linked(bus).link.publish({ kind: 'changed', id: 'acme' });
      expect(heard).toEqual(['any', 'reload', 'acme']);
      await link.close();
      expect(ended).toEqual([1]);
    });

    it('uses it if it succeeds after all, and tries no more', async () => {
      const { bus, attempts, ended } = waitingBus();
      const { link, clock, heard } = linked(bus);
      await clock.pass(10_500);
      await attempts[0]?.succeed();
      expect([heard, clock.timers]).toEqual([['any', 'reload'], 0]);
      await clock.pass(3_600_000);
      expect(attempts).toHaveLength(1);
      await link.close();
      expect([ended, bus.listeners.size]).toEqual([[0], 0]);
    });

    it('ends both in the end if a later one succeeds as well, and neither before', async () => {
      const { bus, attempts, ended } = waitingBus();
      const { link, clock, heard } = linked(bus);
      await clock.pass(11_000);
      await attempts[1]?.succeed();
      await attempts[0]?.succeed();
      expect([heard, ended, clock.timers]).toEqual([['any', 'reload'], [], 0]);
      await link.close();
      expect([ended.toSorted(), bus.listeners.size]).toEqual([[0, 1], 0]);
    });

    it('has no more than three such attempts, and goes on once one of them fails', async () => {
      const { bus, attempts } = waitingBus();
      const { clock, heard, said } = linked(bus);
      await clock.pass(3_600_000);
      expect([attempts.length, clock.timers, said.length]).toEqual([3, 0, 1]);
      attempts[1]?.fail();
      await clock.pass(30_000);
      expect([attempts.length, said.length]).toEqual([4, 2]);
      await attempts[3]?.succeed();
      attempts[0]?.fail();
      await clock.pass(3_600_000);
      expect([attempts.length, heard, clock.timers]).toEqual([4, ['any', 'reload'], 0]);
    });

    it('is closed without a timer, and ends what begins to listen afterwards', async () => {
      const { bus, attempts, ended } = waitingBus();
      const { link, clock, heard } = linked(bus);
      await clock.pass(11_000);
      await link.close();
      expect(clock.timers).toBe(0);
      await attempts[0]?.succeed();
      attempts[1]?.fail();
      await clock.pass(3_600_000);
      expect([ended, heard, attempts.length, bus.listeners.size]).toEqual([[0], [], 2, 0]);
    });
  });

  it('is closed without a rejection or a timer, whatever the bus does', async () => {
    const bus = new InProcessBus();
    bus.subscribe = async () => Promise.resolve(async () => Promise.reject(new Error('The client is closed')));
    const failing = linked(bus);
    await settled();
    await expect(failing.link.close()).resolves.toBeUndefined();
    expect(failing.clock.timers).toBe(0);

    bus.subscribe = async () => Promise.resolve(() => new Promise(() => {}));
    const hanging = linked(bus);
    await settled();
    const closed = hanging.link.close();
    await hanging.clock.pass(2000);
    await expect(closed).resolves.toBeUndefined();
    expect(hanging.clock.timers).toBe(0);
  });

  it('that is closed tries once more to tell what it owes, and still tells what changes until the application has ended', async () => {
    const bus = new InProcessBus();
    const { link, clock, said } = linked(bus);
    await settled();
    bus.failure = DOWN;
    await link.publish({ kind: 'changed', id: 'acme' });
    bus.failure = undefined;
    await link.close();
    await link.publish({ kind: 'changed', id: 'other' });
    expect(kinds(bus)).toEqual(['changed-any', 'changed other']);
    bus.failure = DOWN;
    await link.publish({ kind: 'changed', id: 'last' });
    expect(said[1]).toBe(
      'the other instances could not be told of a change, and load it when their lists are ttl old: no connection',
    );
    expect(clock.timers).toBe(0);
  });

  it('that is closed while it subscribes does not stay subscribed', async () => {
    const bus = new InProcessBus();
    const { link, heard } = linked(bus);
    await link.close();
    await settled();
    expect([bus.listeners.size, heard]).toEqual([0, []]);
  });
});
