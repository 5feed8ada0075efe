/** Waits for a condition instead of for a time. */
import { setTimeout as pause } from 'node:timers/promises';

/** Long enough for a busy machine. What is held in time by a bound of its own says so. */
const DEADLINE = 30_000;

/** Rejects when the condition has not come true in time, with what it was. */
export async function until(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  deadline: number = DEADLINE,
): Promise<void> {
  const end = Date.now() + deadline;
  while (!(await isTrue())) {
    if (Date.now() > end) {
      throw new Error(`${deadline} ms have passed, and still not: ${what}`);
    }
    await pause(5);
  }
}
