// The shapes that the page's modules hand to each other. The modules are plain JavaScript; editors check them by this.

export type Side = 'page' | 'stranger';
export type Lane = 'page' | 'browser' | 'api';
export type Tone = 'good' | 'bad';
export type HeaderLine = readonly [name: string, value: string];

/** `/config.json`. */
export interface Config {
  readonly sample: string;
  readonly api: string;
  readonly page: string;
  readonly stranger: string;
  /** Where the handlers are. */
  readonly file: string;
  readonly handlers: Readonly<Record<string, string>>;
}

/** What `fetch` is asked to send. */
export interface Asked {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly credentials?: true;
}

export interface Experiment {
  readonly name: string;
  readonly title: string;
  readonly text: string;
  readonly asked: Asked;
  /** A cookie the API is to find, as if from an earlier visit. */
  readonly cookie?: string;
  /** The name of the experiment whose very URL is sent again. */
  readonly again?: string;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly text: string;
  readonly experiments: readonly Experiment[];
}

/** What a page could read, or the error it got instead. */
export type Outcome =
  | { readonly read: true; readonly status: string; readonly headers: readonly HeaderLine[]; readonly body: string }
  | { readonly read: false; readonly error: string };

/** One request and its answer, as the API recorded them. */
export interface Exchange {
  readonly method: string;
  readonly headers: readonly HeaderLine[];
  readonly answer?: { readonly status: number; readonly reason: string; readonly headers: readonly HeaderLine[] };
}

export interface ShownHeader {
  readonly name: string;
  /** `undefined` draws the gap: a header that is needed here, and was not sent. */
  readonly value: string | undefined;
  readonly tone?: Tone;
}

export type Step =
  | {
      readonly kind: 'message';
      readonly from: Lane;
      readonly to: Lane;
      readonly title: string;
      readonly headers?: readonly ShownHeader[];
      readonly text?: string;
      readonly body?: string;
      readonly tone?: Tone;
      /** Drawn as what did not happen. */
      readonly unsent?: true;
    }
  | { readonly kind: 'note'; readonly text: string; readonly tone?: Tone };

export interface Story {
  readonly steps: readonly Step[];
  readonly read: boolean;
  readonly why: string;
}
