import type { CorsPolicyOptions } from '../../lib/index.js';

/** The page that may, and the one that may not. */
export const ALLOWED = 'https://app.example.com';
export const OTHER_ALLOWED = 'https://admin.example.com';
export const REFUSED = 'https://evil.example.net';

export const ORIGINS: readonly string[] = [OTHER_ALLOWED, ALLOWED];
export const METHODS: readonly string[] = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE'];
/** Of these, what the URL of an item serves: only these are named in a preflight's answer. */
export const ITEM_METHODS: readonly string[] = ['GET', 'HEAD', 'PATCH', 'DELETE'];
export const HEADERS: readonly string[] = ['content-type', 'authorization', 'x-requested-with'];
export const MAX_AGE = 600;

/** The policy of every contender: two origins, credentials. */
export const POLICY: CorsPolicyOptions = {
  origin: [...ORIGINS],
  credentials: true,
  methods: [...METHODS],
  allowedHeaders: [...HEADERS],
  maxAge: MAX_AGE,
};

/** Three policies, one for each third of the routes. They answer alike, so that contenders with one policy can be compared. */
export const THIRDS: readonly CorsPolicyOptions[] = [
  {},
  { origin: [...ORIGINS, 'https://second.example.org'] },
  { origin: [...ORIGINS, 'https://third.example.org'] },
];
