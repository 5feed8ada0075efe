// The shapes that the page's modules hand to each other. The modules are plain JavaScript; editors check them by this.
export type { Config, Exchange, Side, Story } from '/types.js';

export interface Tenant {
  readonly name: string;
  readonly origins: readonly string[];
}

/** What `checkOrigin` has to say. */
export interface Advice {
  readonly code: string;
  readonly message: string;
  /** The right spelling, where there is one. */
  readonly suggestion?: string;
}

/** What a tenant's part of the page asks for. Each ends when it is done. */
export interface Wishes {
  readonly advice: (origin: string) => Promise<readonly Advice[]>;
  readonly add: (origin: string) => Promise<void>;
  readonly remove: (origin: string) => Promise<void>;
  readonly send: () => Promise<void>;
}
