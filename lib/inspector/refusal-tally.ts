import type { IncomingMessage } from 'node:http';

import type { DecisionReason } from '../policy/model/decision.js';
import { STEP_OF } from '../policy/model/decision.js';
import { safeText } from '../policy/mistakes/safe-text.js';
import type { DecisionPhase, RefusalCounter } from '../nest/report/refusal-counter.js';
import { hasOrigin, isCrossOrigin } from '../nest/request/cross-origin.js';
import { FrequentOrigins } from './frequent-origins.js';
import type { RefusalReport, RefusedRow } from './inspector-data.js';

interface Row {
  readonly route: string | undefined;
  readonly phase: DecisionPhase;
  readonly reason: DecisionReason;
  count: number;
  last: string | undefined;
  /** Which refusal of all was its last. */
  turn: number;
  at: number;
}

/** Refusals beyond these rows are counted together. Requests cannot add routes, so few applications have more. */
const MOST_ROWS = 2000;
const MOST_ORIGINS = 100;
const LONGEST_ORIGIN = 326;

/** The refusals since start. Each one costs a few look-ups; memory is bounded whatever clients send. */
export class RefusalTally implements RefusalCounter {
  readonly #rows = new Map<string | undefined, Row[]>();
  readonly #origins = new FrequentOrigins(MOST_ORIGINS);
  readonly #since = Date.now();
  #now = this.#since;
  #total = 0;
  #size = 0;
  #uncounted = 0;

  count(route: string | undefined, phase: DecisionPhase, reason: DecisionReason, raw: IncomingMessage): void {
    const { origin } = raw.headers;
    if (phase === 'request' && !isRefusal(raw)) {
      return;
    }
    this.#total += 1;
    const row = this.#rowOf(route, phase, reason);
    const kept = origin === undefined || origin.length <= LONGEST_ORIGIN ? origin : safeText(origin, LONGEST_ORIGIN);
    if (row === undefined) {
      this.#uncounted += 1;
    } else {
      row.count += 1;
      row.last = kept;
      row.turn = this.#total;
      row.at = this.#now;
    }
    if (kept !== undefined) {
      this.#origins.see(kept);
    }
  }

  /** Called every second: on a machine with a slow clock, reading the time at each refusal takes a third of what counting takes. */
  tick(): void {
    this.#now = Date.now();
  }

  /** The number of rows and of origins that are kept. */
  get size(): { readonly rows: number; readonly origins: number } {
    return { rows: this.#size, origins: this.#origins.size };
  }

  /** Changes with each refusal. */
  get revision(): number {
    return this.#total;
  }

  report(): RefusalReport {
    const rows = [...this.#rows.values()].flat();
    return {
      revision: this.#total,
      since: this.#since,
      uncounted: this.#uncounted,
      rows: rows.toSorted((a, b) => b.turn - a.turn).map(rowReport),
      origins: this.#origins.list().map((each) => ({ ...each, origin: safeText(each.origin, LONGEST_ORIGIN) })),
    };
  }

  #rowOf(route: string | undefined, phase: DecisionPhase, reason: DecisionReason): Row | undefined {
    const rows = this.#rows.get(route);
    for (const row of rows ?? []) {
      if (row.reason === reason && row.phase === phase) {
        return row;
      }
    }
    if (this.#size >= MOST_ROWS) {
      return undefined;
    }
    const row: Row = { route, phase, reason, count: 0, last: undefined, turn: 0, at: 0 };
    this.#rows.set(route, [...(rows ?? []), row]);
    this.#size += 1;
    return row;
  }
}

/**
 * Requests of programs and of the application's own pages are decided as well, and answered without CORS headers; but that is
 * not a refusal.
 */
function isRefusal(raw: IncomingMessage): boolean {
  return hasOrigin(raw) && isCrossOrigin(raw, 'POST');
}

function rowReport({ route, phase, reason, count, last, at }: Row): RefusedRow {
  const origin = last === undefined ? undefined : safeText(last, LONGEST_ORIGIN);
  return { route, phase, step: STEP_OF[reason], reason, count, last: origin, at };
}
