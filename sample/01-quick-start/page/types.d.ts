// The shapes that the page's modules hand to each other. The modules are plain JavaScript; editors check them by this.
import type { Asked as Request, Story } from '/picture.js';

export type { Diagnosis, Exchange, HeaderLine, Outcome, Story } from '/picture.js';

export type Side = 'page' | 'stranger';

/** `/config.json`. */
export interface Config {
  readonly sample: string;
  readonly api: string;
  readonly proxy: string;
  readonly page: string;
  readonly stranger: string;
  /** Where the handlers are. */
  readonly file: string;
  readonly handlers: Readonly<Record<string, string>>;
}

/** What `fetch` is asked to send, and to whom: to the API, if nothing is said. */
export interface Asked extends Request {
  readonly via?: 'proxy';
  /** Of a socket of socket.io. */
  readonly namespace?: string;
  readonly transport?: 'websocket' | 'polling';
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
  /** What to change, where the page is refused. */
  readonly cure?: string;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly text: string;
  readonly experiments: readonly Experiment[];
}

/** An experiment on the page. */
export interface View {
  readonly name: string;
  readonly article: HTMLElement;
  readonly button: HTMLButtonElement;
  /** What to send: it can change where one asks oneself. */
  readonly experiment: () => Experiment;
  readonly show: (side: Side, story: Story) => void;
  /** Opens a picture, where there is room for one only. */
  readonly open: () => void;
}
