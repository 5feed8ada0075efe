import type { BodyPlan, Step, Verdict } from '../scenarios/scenario.js';

export const ENGINE_NAMES = ['Chromium', 'Firefox', 'WebKit'] as const;

export type EngineName = (typeof ENGINE_NAMES)[number];

/** What a page is told to do for one scenario. */
export interface Task {
  readonly key: string;
  readonly steps: readonly {
    readonly call: NonNullable<Step['call']>;
    readonly url: string;
    readonly init: Pick<Step, 'method' | 'headers' | 'credentials' | 'mode' | 'redirect' | 'protocols'>;
    readonly body?: BodyPlan | undefined;
  }[];
}

/** A page, or a frame without an origin in it, and all that it has to do. */
export interface Tab {
  readonly url: string;
  readonly frame?: 'sandboxed' | 'data' | undefined;
  readonly tasks: readonly Task[];
}

/** What a page saw of one step. */
export interface SeenStep {
  readonly verdict: Verdict;
  readonly type?: string;
  readonly status?: number;
  readonly redirected?: boolean;
  readonly headers?: readonly (readonly [string, string])[];
  readonly text?: string;
  /** Of what was blocked: the name of what `fetch()` rejected with, and what it says, which is every engine's own. */
  readonly error?: string;
  readonly message?: string;
}

export type SeenByKey = Readonly<Record<string, readonly SeenStep[]>>;

/** Something that behaves as a browser. */
export interface Engine {
  readonly version: string;
  /** Goes there as a user does, and keeps the cookies. */
  visit(url: string): Promise<void>;
  run(tab: Tab): Promise<SeenByKey>;
  close(): Promise<void>;
}

/** One that really is. */
export interface RealEngine extends Engine {
  /** The value of an expression in the page that was visited last, awaited. */
  evaluate(expression: string): Promise<unknown>;
}

/** What is evaluated in the page. */
export function runExpression({ tasks, frame }: Tab): string {
  return `runScenarios(${JSON.stringify(tasks)}${frame === undefined ? '' : `, ${JSON.stringify(frame)}`})`;
}
