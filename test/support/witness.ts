/** What of the application ran, in order: handlers, guards, middleware. It is cleared before each test. */
export const reached: string[] = [];

/** Called by whatever must, or must not, run. Returns the name, so that a handler can answer with it. */
export function reach(name: string): string {
  reached.push(name);
  return name;
}
