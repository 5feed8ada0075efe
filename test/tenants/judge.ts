/** What was true when, and whether a verdict can have been right. */

/** An answer of an instance. */
export interface Verdict {
  readonly instance: number;
  readonly tenant: string;
  readonly origin: string;
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly isAllowed: boolean;
}

/** From when to when something may hold. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Whether an origin is in its list. A write that may have failed leaves both possible. */
type State = 'listed' | 'unlisted' | 'either';

interface Change {
  readonly state: State;
  /** It came into force at some time in between. */
  readonly from: number;
  readonly to: number;
}

export interface Bounds {
  /** How old what a verdict goes by may be, in milliseconds. */
  readonly usual: number;
  /** The same, while there is a fault. */
  readonly inFault: number;
  /** In a fault an origin may be refused, whatever its list says: that could not be read. */
  readonly refusesInFault: boolean;
}

/** An answer that took longer says that the machine is busy, and that a database may have looked slow. */
const SLOW = 500;

/** How long a fault is felt after its end: until what was given up is tried again. */
const AFTERMATH = 3000;

export class Judge {
  readonly #histories = new Map<string, Change[]>();
  readonly #faults: { from: number; to: number }[] = [];
  readonly verdicts: Verdict[] = [];

  constructor(private readonly bounds: Bounds) {}

  /** Runs a write. One that fails may have happened, or may happen yet. */
  async write(
    tenant: string,
    origin: string,
    state: 'listed' | 'unlisted',
    run: () => Promise<unknown>,
  ): Promise<void> {
    const changes = this.#historyOf(tenant, origin);
    const from = Date.now();
    // While it is under way either may be.
    changes.push({ state: 'either', from, to: Number.POSITIVE_INFINITY });
    await run();
    changes.push({ state, from, to: Date.now() });
  }

  /** Runs what disturbs the instances, until it is over. */
  async fault(run: () => Promise<unknown>): Promise<void> {
    const fault = { from: Date.now(), to: Number.POSITIVE_INFINITY };
    this.#faults.push(fault);
    try {
      await run();
    } finally {
      fault.to = Date.now() + AFTERMATH;
    }
  }

  /** The verdicts that cannot have been right, in words. */
  wrong(): string[] {
    const slow = this.verdicts
      .filter(({ sentAt, receivedAt }) => receivedAt - sentAt > SLOW)
      .map(({ sentAt, receivedAt }) => ({ from: sentAt, to: receivedAt + AFTERMATH }));
    const troubled = merge([...this.#faults, ...slow]);
    return this.verdicts.flatMap((verdict) => (this.#isRight(verdict, troubled) ? [] : [textOf(verdict)]));
  }

  #isRight({ tenant, origin, sentAt, receivedAt, isAllowed }: Verdict, troubled: readonly Span[]): boolean {
    const { usual, inFault, refusesInFault } = this.bounds;
    const isTroubled = troubled.some(({ from, to }) => from <= receivedAt && to >= sentAt - usual);
    if (isTroubled && !isAllowed && refusesInFault) {
      return true;
    }
    const since = sentAt - (isTroubled ? inFault : usual);
    return this.#mayHaveBeen(isAllowed ? 'listed' : 'unlisted', this.#historyOf(tenant, origin), since, receivedAt);
  }

  #mayHaveBeen(state: State, changes: readonly Change[], since: number, until: number): boolean {
    return changes.some((change, index) => {
      // The next that is known to have happened ends it: of one that failed nobody can tell.
      const end = changes.slice(index + 1).find(({ to }) => Number.isFinite(to))?.to ?? Number.POSITIVE_INFINITY;
      return (change.state === state || change.state === 'either') && change.from <= until && end >= since;
    });
  }

  #historyOf(tenant: string, origin: string): Change[] {
    const key = `${tenant} ${origin}`;
    const known = this.#histories.get(key);
    if (known !== undefined) {
      return known;
    }
    const begun: Change[] = [{ state: 'unlisted', from: 0, to: 0 }];
    this.#histories.set(key, begun);
    return begun;
  }
}

function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && span.from <= last.to) {
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    } else {
      merged.push(span);
    }
  }
  return merged;
}

function textOf({ instance, tenant, origin, sentAt, receivedAt, isAllowed }: Verdict): string {
  const verdict = isAllowed ? 'allowed' : 'refused';
  return `instance ${instance} ${verdict} ${origin} for ${tenant} at ${sentAt} to ${receivedAt}`;
}
