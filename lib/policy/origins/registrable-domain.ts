import onDemand from '../../packages/on-demand.cjs';
import { DOMAINS_ABOVE_SUFFIXES } from './domains-above-suffixes.js';
import { withoutRootDot } from './origin.js';

/** A host is taken as it is, and `allowPrivateDomains` counts github.io and its like. */
const AS_WRITTEN = { allowPrivateDomains: true, extractHostname: false, validateHostname: false, detectIp: false };

/**
 * True if anyone can register a name below. The list's default rule (`*`) makes every last label a suffix, `localhost`
 * included, so a suffix counts only where the list itself names it.
 * @see https://github.com/publicsuffix/list/wiki/Format
 */
export function isPublicSuffix(host: string): boolean {
  const name = withoutRootDot(host);
  const { publicSuffix, isIcann, isPrivate } = onDemand.tldts().parse(name, AS_WRITTEN);
  return publicSuffix === name && (isIcann === true || isPrivate === true);
}

/**
 * True for `amazonaws.com` and similar names, which have an owner but also public suffixes below them
 * (`s3.amazonaws.com`).
 */
export function hasSuffixBelow(domain: string): boolean {
  return DOMAINS_ABOVE_SUFFIXES.has(withoutRootDot(domain));
}

/**
 * The part of a name that somebody registered: a public suffix and one label more. Undefined for a public suffix and a
 * single label.
 */
export function registrableDomain(name: string): string | undefined {
  return onDemand.tldts().parse(withoutRootDot(name), AS_WRITTEN).domain ?? undefined;
}
