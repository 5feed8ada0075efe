import type { LoggerService, LogLevel } from '@nestjs/common';

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  /** `CorsModule` */
  readonly context: string | undefined;
}

/** A logger that prints nothing and keeps everything. */
export class LogCapture implements LoggerService {
  readonly lines: LogLine[] = [];

  log = this.#keep('log');
  error = this.#keep('error');
  warn = this.#keep('warn');
  debug = this.#keep('debug');
  verbose = this.#keep('verbose');
  fatal = this.#keep('fatal');

  clear(): void {
    this.lines.length = 0;
  }

  /** What the CORS module said, on these levels: on all of them where none is named. */
  ofCors(...levels: readonly LogLevel[]): readonly string[] {
    return this.lines
      .filter(({ context, level }) => context === 'CorsModule' && (levels.length === 0 || levels.includes(level)))
      .map(({ message }) => message);
  }

  /** Warnings and errors of anybody: what a request must not cause. */
  get complaints(): readonly string[] {
    return this.lines
      .filter(({ level }) => level === 'warn' || level === 'error' || level === 'fatal')
      .map(({ context, message }) => `${context ?? ''}: ${message}`);
  }

  #keep(level: LogLevel): (message: unknown, ...optional: readonly unknown[]) => void {
    return (message, ...optional) => {
      const context = optional.at(-1);
      this.lines.push({
        level,
        message: String(message),
        context: typeof context === 'string' ? context : undefined,
      });
    };
  }
}

/** Nest's logger is one for all applications of a process, so there is one capture; it is cleared before each test. */
export const log = new LogCapture();
