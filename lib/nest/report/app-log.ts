import type { Logger } from '@nestjs/common';

/**
 * The app's logger, as this library uses it. Never throws: a logger is code of the app, and a line that it cannot write must
 * not change what happens to a request. Such an error is dropped, as there is no other place to report it.
 */
export class AppLog {
  #warnings: ReadonlySet<string> = new Set();

  constructor(private readonly logger: Logger) {}

  log(message: string): void {
    attempt(() => this.logger.log(message));
  }

  debug(message: string): void {
    attempt(() => this.logger.debug(message));
  }

  warn(message: string): void {
    attempt(() => this.logger.warn(message));
  }

  /** Of warnings that are looked for again after each change of the policies: those that were not found the last time. */
  warnOfNew(warnings: readonly string[]): void {
    const known = this.#warnings;
    this.#warnings = new Set(warnings);
    for (const warning of this.#warnings) {
      if (!known.has(warning)) {
        this.warn(warning);
      }
    }
  }

  error(message: string, stack?: string): void {
    attempt(() => this.logger.error(message, stack));
  }
}

function attempt(say: () => void): void {
  try {
    say();
  } catch {
    // As above.
  }
}

const MINUTE = 60_000;

/** When something was said last, and how often it was not since. */
interface Spoken {
  since: number;
  unsaid: number;
}

/** What goes on happening is said at most once a minute, with how often it was not said since. Bounded by the number of keys. */
export class Throttle {
  readonly #spoken = new Map<string, Spoken>();

  constructor(private readonly now: () => number = Date.now) {}

  /** @param say - gets what to add to the sentence. */
  run(key: string, say: (addition: string) => void): void {
    const now = this.now();
    const spoken = this.#spoken.get(key);
    // A clock that was set back must not silence the log for as long.
    if (spoken !== undefined && spoken.since <= now && now - spoken.since < MINUTE) {
      spoken.unsaid += 1;
      return;
    }
    this.#spoken.set(key, { since: now, unsaid: 0 });
    say(again(spoken?.unsaid ?? 0));
  }
}

function again(times: number): string {
  if (times === 0) {
    return '';
  }
  return ` (and ${times === 1 ? 'once more' : `${times} more times`} since the last message)`;
}
