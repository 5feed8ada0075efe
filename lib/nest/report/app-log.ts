import type { Logger } from '@nestjs/common';

/**
 * The app's logger, as this library uses it. Never throws: a logger is code of the app, and a line that it cannot write must
 * not change what happens to a request. Such an error is dropped, as there is no other place to report it.
 */
export class AppLog {
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
