/** From the fields to the answer. Pure: the page around it only draws. */
import { CorsConfigError } from '../../lib/policy/mistakes/config-error.js';
import type { Story } from '../picture/types.js';
import { readApplication, type ApplicationCode } from './code/application.js';
import { CodeError, placeOf, type Place } from './code/code-error.js';
import { readFetch, type FetchCall } from './code/fetch-call.js';
import { startApplication, type Application } from './model/application.js';
import { exchange, type Outcome } from './model/exchange.js';
import type { State } from './state.js';
import { storyOf } from './story.js';

export type Answer =
  /** A text is not code that is understood here. */
  | {
      readonly kind: 'unread';
      readonly field: 'application' | 'fetch';
      readonly place: Place;
      readonly message: string;
    }
  /** The application does not start. */
  | { readonly kind: 'mistakes'; readonly text: string }
  /** `fetch()` rejects before anything is sent. */
  | { readonly kind: 'unsent'; readonly message: string }
  | {
      readonly kind: 'exchange';
      readonly outcome: Outcome;
      readonly story: Story;
      /** What the application logs at start. */
      readonly warnings: readonly string[];
      /** Decorators without effect here. */
      readonly ignored: readonly string[];
    };

/** @param isComplete - false: a part of the library is not loaded, so the policies must not be used. */
export async function explain(state: State, isComplete: () => boolean = () => true): Promise<Answer> {
  const code = reading('application', state.application, readApplication);
  if ('kind' in code) {
    return code;
  }
  const started = start(state, code);
  if ('kind' in started) {
    return started;
  }
  const call = reading('fetch', state.fetch, readFetch);
  if ('kind' in call) {
    return call;
  }
  if (!isComplete()) {
    return { kind: 'unsent', message: 'A part of the library is not loaded yet' };
  }
  return send(state, code, started, call);
}

function reading<T extends ApplicationCode | FetchCall>(
  field: 'application' | 'fetch',
  text: string,
  read: (text: string) => T,
): T | Extract<Answer, { kind: 'unread' }> {
  try {
    return read(text);
  } catch (error) {
    return unread(field, text, error);
  }
}

/** Anything but a `CodeError` is a fault of this page, and is not hidden. */
function unread(field: 'application' | 'fetch', text: string, error: unknown): Extract<Answer, { kind: 'unread' }> {
  if (!(error instanceof CodeError)) {
    throw error;
  }
  return { kind: 'unread', field, place: placeOf(text, error.at), message: error.message };
}

function start(state: State, code: ApplicationCode): Application | Extract<Answer, { kind: 'unread' | 'mistakes' }> {
  try {
    return startApplication(code);
  } catch (error) {
    if (error instanceof CorsConfigError) {
      return { kind: 'mistakes', text: `CorsConfigError: ${error.message}` };
    }
    return unread('application', state.application, error);
  }
}

async function send(state: State, code: ApplicationCode, application: Application, call: FetchCall): Promise<Answer> {
  try {
    const outcome = await exchange(application, { origin: state.origin.trim(), call, cookie: state.cookie });
    const story = storyOf(outcome);
    return { kind: 'exchange', outcome, story, warnings: application.warnings, ignored: code.ignored };
  } catch (error) {
    if (!isTypeError(error)) {
      throw error;
    }
    return { kind: 'unsent', message: error.message };
  }
}

/** By its name, as the classes of the platform may have been made in another realm. */
function isTypeError(error: unknown): error is TypeError {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'TypeError';
}
