import { Logger } from '@nestjs/common';

import type { CorsConfigIssue } from '../../policy/mistakes/issue-data.js';
import { quotedValue, safeText, thrownText } from '../../policy/mistakes/safe-text.js';
import { adviceOn } from '../../policy/origins/stored-origins.js';
import { AppLog, Throttle } from '../report/app-log.js';

/** The log of a store. Keys and rows come from strangers: none is written raw, and none makes memory grow. */
export class StoreLog {
  readonly #log: AppLog;
  readonly #throttle: Throttle;
  /** The last text logged for each key: a list that is loaded every minute has its mistakes logged once. */
  readonly #said = new Map<string, string>();
  #saidClosed = false;

  constructor(
    private readonly name: string,
    private readonly most: number,
    log: AppLog = new AppLog(new Logger(name)),
    now?: () => number,
  ) {
    this.#log = log;
    this.#throttle = new Throttle(now);
  }

  /** A load failed, or took too long. One line a minute for all keys, as the database is the cause. */
  failed(key: string, reason: string): void {
    this.#throttle.run('load', (again) =>
      this.#log.error(`the origins of ${quotedValue(key)} could not be loaded: ${reason}${again}`),
    );
  }

  /** Requests wait, as their list changes during each load. */
  restless(key: string): void {
    this.#throttle.run('restless', (again) =>
      this.#log.warn(
        `the origins of ${quotedValue(key)} change during each load, and requests wait for them; if load() calls changed(), call it only where the list is written${again}`,
      ),
    );
  }

  /** A request came after the last application that uses the store was closed. Logged once, until it is opened again. */
  closed(): void {
    if (!this.#saidClosed) {
      this.#saidClosed = true;
      this.#log.error(
        'this store refuses every origin, as its application was closed. To serve requests again, create a new application: app.listen() after app.close() does not open the store',
      );
    }
  }

  opened(): void {
    this.#saidClosed = false;
  }

  /** `changed()` was called without `await`, and failed. */
  unhandled(error: unknown): void {
    this.#log.error(`changed() failed, and nothing waits for it: ${thrownText(error)}`);
  }

  /** `keyOf()` did not return a key. */
  noKey(value: unknown): void {
    this.#throttle.run('key', (again) =>
      this.#log.error(
        `the origin was refused because keyOf() returned ${quotedValue(value)}, not a string or undefined${again}`,
      ),
    );
  }

  /** Rows were left out. Logged once, until other rows are wrong. */
  leftOut(id: string, key: string, issues: readonly CorsConfigIssue[]): void {
    const lines = issues.slice(0, MOST_LINES).map((issue) => {
      return `${issue.path === '' ? '' : `${safeText(issue.path)}: `}${adviceOn(issue)}   [${issue.code}]`;
    });
    const more = issues.length > MOST_LINES ? [`and more`] : [];
    const text = [...lines, ...more].map((line) => `\n    ${line}`).join('');
    if (this.#said.get(id) === text) {
      return;
    }
    this.#said.delete(id);
    const [oldest] = this.#said.keys();
    if (oldest !== undefined && this.#said.size >= Math.min(this.most, MOST_SAID)) {
      this.#said.delete(oldest);
    }
    this.#said.set(id, text);
    this.#log.warn(`rows of ${quotedValue(key)} were left out in ${safeText(this.name)}:${text}`);
  }
}

const MOST_LINES = 5;
const MOST_SAID = 1000;
