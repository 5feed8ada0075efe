import type { HostName, PageName } from './page-name.js';

/** `opaque`: the answer of a `no-cors` request, which says nothing. */
export type Verdict = 'readable' | 'blocked' | 'opaque';

/** What a page puts into a request. Everything else than a text is made in the page. */
export type BodyPlan =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'params' | 'form'; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'blob'; readonly size: number; readonly type: string }
  | { readonly kind: 'bytes' | 'stream'; readonly size: number };

/** One call of a page. */
export interface Step {
  /** Default `fetch`. */
  readonly call?: 'fetch' | 'event-source' | 'web-socket' | 'socket-io-websocket' | 'socket-io-polling';
  /** Default `api`. */
  readonly host?: HostName;
  /** `/p/<policy>…`; what else is under a policy says the stage's controllers. */
  readonly path: string;
  readonly method?: string;
  /** Pairs where a name comes more than once. */
  readonly headers?: Readonly<Record<string, string>> | readonly (readonly [string, string])[];
  readonly body?: BodyPlan;
  readonly credentials?: 'omit' | 'same-origin' | 'include';
  readonly mode?: 'cors' | 'no-cors' | 'same-origin';
  readonly redirect?: 'follow' | 'error' | 'manual';
  /** Of a WebSocket. */
  readonly protocols?: readonly string[];
  /** What every browser has to say, by the standard and the policy. */
  readonly expected: Verdict;
}

/** What one page does, one step after the other. */
export interface Scenario {
  readonly group: string;
  /** Unique within the group. */
  readonly title: string;
  readonly page: PageName;
  readonly steps: readonly Step[];
  /** Whether it runs against the app with `debug: true`. */
  readonly debug?: boolean;
  /** How many preflights the server must have seen, where that is the point. */
  readonly preflights?: number;
}

/** Names a scenario in the table of differences and in reports. */
export function nameOf({ group, title }: Pick<Scenario, 'group' | 'title'>): string {
  return `${group}: ${title}`;
}
