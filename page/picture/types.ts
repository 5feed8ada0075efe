/** What a picture is made of: what was asked, what went over the wire, what the page got, and the story of it. */

export type Lane = 'page' | 'browser' | 'api';
export type Tone = 'good' | 'bad';
export type HeaderLine = readonly [name: string, value: string];

/** What `fetch` is asked to send. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly credentials?: true;
}

/** What the page got. */
export type Outcome =
  | {
      readonly read: true;
      readonly status: string;
      readonly headers: readonly HeaderLine[];
      readonly body: string;
    }
  | { readonly read: false; readonly error: string };

/** One request and its answer, as they went over the wire. */
export interface Exchange {
  readonly method: string;
  readonly headers: readonly HeaderLine[];
  readonly answer?: Answer;
}

export interface Answer {
  /** 0: it is not known, and `reason` says what to write instead. */
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly HeaderLine[];
}

/** Why the API refuses, in its own words, as `CorsService.explain()` gives it. */
export interface Diagnosis {
  readonly step?: 'origin' | 'method' | 'headers' | 'credentials' | undefined;
  readonly text: string;
  readonly cures: readonly Cure[];
}

/** A change to the API's code that lets the request pass. */
export interface Cure {
  readonly how: 'decorate' | 'entry' | 'add-entry';
  readonly place: string;
  readonly code: string;
}

export interface Facts {
  readonly asked: Asked;
  readonly origin: string;
  readonly exchanges: readonly Exchange[];
  readonly outcome: Outcome;
  /** The same URL was sent before. */
  readonly again?: boolean;
  readonly diagnosis?: Diagnosis | undefined;
}

export interface ShownHeader {
  readonly name: string;
  /** `undefined` draws the gap: a header that is needed here, and was not sent. */
  readonly value: string | undefined;
  readonly tone?: Tone;
}

export interface Message {
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

export type Step = Message | { readonly kind: 'note'; readonly text: string; readonly tone?: Tone };

export interface Story {
  readonly steps: readonly Step[];
  readonly read: boolean;
  readonly why: string;
  /** What to change in the API, where there is something to change. */
  readonly cures: readonly Cure[];
}
