import { describe, expect, it } from '@jest/globals';

import { explain, type Answer } from '../../page/playground/explain.js';
import { PRESETS } from '../../page/playground/presets.js';

/** What each of them is to show: in a word, and the part of the text that says it. */
const EXPECTED: Readonly<Record<string, readonly [verdict: string, text: string]>> = {
  'custom-header': ['preflight-headers', "@Cors({ allowedHeaders: { add: ['X-Trace'] } })"],
  'star-with-credentials': ['mistakes', '[any-origin-with-credentials]'],
  'trailing-slash': ['mistakes', '[origin-not-serialized]'],
  'several-origins-in-a-string': ['mistakes', '[origin-list-in-string]'],
  authorization: ['read', 'allows GET with Authorization'],
  'cookies-on-localhost': ['credentials', '@Cors({ credentials: true })'],
  'method-not-served': ['preflight-method', 'it serves PATCH'],
  'null-origin': ['origin', 'does not allow the origin "null"'],
  'http-and-https': ['origin', 'does not allow the origin http://shop.example'],
  'error-answers': ['read', '401 Unauthorized'],
  'headers-that-cannot-be-read': ['read', '"x-total-count","value":"42"'],
  caches: ['read', 'Accept-Language, Origin'],
  'no-cors': ['opaque', 'sees nothing of the answer'],
  'mdn-simple-request': ['read', 'is for pages of any origin'],
  'mdn-preflighted-request': ['read', 'allows POST with X-PINGOTHER and Content-Type'],
  'mdn-request-with-credentials': ['read', 'names the page’s origin and allows credentials'],
};

describe('a preset', () => {
  it.each(PRESETS.map((preset) => [preset.id, preset] as const))('%s shows what it says', async (id, { state }) => {
    const answer = await explain(state);
    const [verdict = '', text = ''] = EXPECTED[id] ?? [];

    expect(verdictOf(answer)).toBe(verdict);
    expect(JSON.stringify(answer).replaceAll('\\"', '"')).toContain(text);
  });

  it('is expected here, each of them', () => {
    expect(PRESETS.map(({ id }) => id).toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
  });
});

function verdictOf(answer: Answer): string {
  if (answer.kind !== 'exchange') {
    return answer.kind;
  }
  const { read, blocked } = answer.outcome;
  return blocked?.step ?? (read?.type === 'opaque' ? 'opaque' : 'read');
}
