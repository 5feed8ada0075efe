import { evaluateRequest } from '../decisions/request-decision.js';
import type { CorsPolicy } from '../model/policy.js';
import { isWellFormedOrigin } from '../origins/origin.js';
import { askName } from './origin-names.js';

/** Longer than any URL that browsers show. */
const LONGEST_URL = 4096;

/**
 * What to add to the refusal of an origin: what browsers send in place of a URL from the address bar, and what this policy says
 * of that; and whether the origin fails by its scheme alone. Empty: neither.
 *
 * @param name - what has the policy.
 */
export function remarksOn(origin: string, policy: CorsPolicy, name: string): string {
  const sent = sentInPlaceOf(origin);
  const remarks = [
    sent === undefined ? '' : ` Browsers send ${sent}${verdictOn(sent, policy, name)}.`,
    schemeRemark(sent ?? origin, policy),
  ];
  return remarks.join('');
}

/** The origin of a page with this URL, if it is not the text itself. */
function sentInPlaceOf(text: string): string | undefined {
  if (text.length > LONGEST_URL || isWellFormedOrigin(text) || !URL.canParse(text)) {
    return undefined;
  }
  const { origin } = new URL(text);
  // No page has the origin of a socket's URL.
  return /^https?:/.test(origin) ? origin : undefined;
}

/** Completes "Browsers send …". */
function verdictOn(origin: string, policy: CorsPolicy, name: string): string {
  switch (evaluateRequest(policy, origin).verdict) {
    case 'allowed':
      return `, which ${name} allows`;
    case 'pending':
      return `; whether ${name} allows that depends on ${policy.asks.map(askName).join(' and ')}`;
    case 'refused':
      return `, which ${name} does not allow either`;
  }
}

function schemeRemark(origin: string, policy: CorsPolicy): string {
  const other = origin.startsWith('http://')
    ? origin.replace('http:', 'https:')
    : origin.replace(/^https:(?=\/\/)/, 'http:');
  const isByScheme =
    other !== origin &&
    evaluateRequest(policy, origin).verdict !== 'allowed' &&
    evaluateRequest(policy, other).verdict === 'allowed';
  return isByScheme ? ` ${origin} differs only in the scheme from ${other}, which is allowed.` : '';
}
