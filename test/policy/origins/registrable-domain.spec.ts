import { describe, expect, it } from '@jest/globals';

import { DOMAINS_ABOVE_SUFFIXES } from '../../../lib/policy/origins/domains-above-suffixes.js';
import { hasSuffixBelow, isPublicSuffix, registrableDomain } from '../../../lib/policy/origins/registrable-domain.js';

/** A script is plain JavaScript, without types. */
const SCRIPT: string = '../../../scripts/public-suffixes.js';
const { domainsAboveSuffixes } = (await import(SCRIPT)) as { domainsAboveSuffixes: () => readonly string[] };

describe('the public suffix list', () => {
  it.each([
    ['com', true, undefined],
    ['example.com', false, 'example.com'],
    ['a.b.example.co.uk', false, 'example.co.uk'],
    ['github.io', true, undefined],
    ['me.github.io', false, 'me.github.io'],
    ['localhost', false, undefined],
    ['a.localhost', false, 'a.localhost'],
    ['my_app.example.com', false, 'example.com'],
    ['-a.example', false, '-a.example'],
    ['amazonaws.com', false, 'amazonaws.com'],
    ['s3.amazonaws.com', true, undefined],
  ])('knows whose %s is', (host, suffix, domain) => {
    expect([isPublicSuffix(host), registrableDomain(host)]).toEqual([suffix, domain]);
  });

  it('has suffixes below names that belong to somebody', () => {
    expect(['amazonaws.com', 'dualstack.us-east-1.amazonaws.com', 'example.com', 'com'].map(hasSuffixBelow)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('is the one of the tldts that is installed; run scripts/public-suffixes.js after an update', () => {
    expect([...DOMAINS_ABOVE_SUFFIXES]).toEqual(domainsAboveSuffixes());
  });
});
