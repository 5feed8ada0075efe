import type { Logger } from '@nestjs/common';

/**
 * The app's logger, as this library uses it. Never throws: a logger is code of the app's, and a line that it cannot write must
 * not decide what becomes of a request. There is nobody left to tell.
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
