import { mapSteps, type Observation } from '../observation.js';
import type { SeenStep } from '../engines/engine.js';
import type { EngineDifference, Situation } from './engine-difference.js';

const UNSAFE_NAMES = 'https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names';
const DUPLEX = 'https://fetch.spec.whatwg.org/#dom-requestinit-duplex';

const EIGHT = '1024 bytes of Accept in eight pieces';
const NINE = '1152 bytes of Accept in nine pieces';

export const headerDifferences: readonly EngineDifference[] = [
  {
    engines: ['Chromium', 'WebKit'],
    what: 'The values of a repeated header are checked as one: 8 × 128 bytes of `Accept` are longer than 128, and need a preflight',
    clause: UNSAFE_NAMES,
    sees: (reference, situation) => seenAs(EIGHT, NINE, reference, situation),
  },
  {
    engines: ['Firefox'],
    what: 'Safelisted values are only checked one by one, never together: 9 × 128 bytes of `Accept` are sent without a preflight',
    clause: UNSAFE_NAMES,
    sees: (reference, situation) => seenAs(NINE, EIGHT, reference, situation),
  },
  {
    engines: ['Chromium'],
    what: '`If-None-Match` is sent without the `Cache-Control: no-cache` that should accompany it, so Express answers 304 instead of 200',
    clause: 'https://fetch.spec.whatwg.org/#http-network-or-cache-fetch',
    sees: (reference, { platform, scenario: { group, title } }) =>
      group === 'request headers' && title.startsWith('If-None-Match') && platform === 'Express'
        ? mapSteps(reference, asNotModified)
        : reference,
  },
  {
    engines: ['Firefox'],
    what: 'A stream is sent as the text `[object ReadableStream]`',
    clause: DUPLEX,
    sees: (reference, situation) =>
      ofStream(reference, situation, 'a text', ({ steps, requests }) => ({ steps: steps.map(asText), requests })),
  },
  {
    engines: ['WebKit'],
    what: 'A stream is refused with a `NotSupportedError`',
    clause: DUPLEX,
    sees: (reference, situation) =>
      ofStream(reference, situation, 'bytes', () => ({
        ...mapSteps(reference, (step) => ({ ...step, error: 'NotSupportedError' })),
        requests: [],
      })),
  },
];

/** A scenario that an engine takes for another. */
function seenAs(one: string, other: string, reference: Observation, { scenario, referenceOf }: Situation): Observation {
  const isIt = scenario.group === 'request headers' && scenario.title.startsWith(one);
  return isIt ? referenceOf(scenario.title.replace(one, other)) : reference;
}

/** `sees` gets what is seen of another body. */
function ofStream(
  reference: Observation,
  { scenario: { group, title }, referenceOf }: Situation,
  body: string,
  sees: (other: Observation) => Observation,
): Observation {
  const isIt = group === 'uploads' && title.startsWith('POST of a stream');
  return isIt ? sees(referenceOf(title.replace('a stream', body))) : reference;
}

/** What comes back of a stream that was sent as a text, made of what comes back of another text. */
function asText(step: SeenStep): SeenStep {
  if (step.headers === undefined) {
    return step;
  }
  const text = '{"answer":"post","body":"[object ReadableStream]"}';
  const length = String(text.length);
  return {
    ...step,
    text,
    headers: step.headers.map(([name, value]) => [name, name === 'content-length' ? length : value]),
  };
}

function asNotModified(step: SeenStep): SeenStep {
  if (step.headers === undefined) {
    return step;
  }
  const headers = step.headers.filter(([name]) => name !== 'content-length' && name !== 'content-type');
  return { ...step, status: 304, text: '', headers };
}
