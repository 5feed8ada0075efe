/** The pages that ask, each from an origin of its own. Their names mean an address only once the servers listen. */
export const PAGE_NAMES = [
  /** `http://localhost` and a port. */
  'app',
  /** The same host, another port: cross-origin, and the same site. */
  'other-port',
  /** `http://app.tenant.localhost`, */
  'tenant',
  /** one label more, */
  'deep-tenant',
  /** one label less, */
  'apex',
  /** and a name that only ends alike. */
  'lookalike',
  /** `http://127.0.0.1`: another site than `localhost`. */
  'address',
  /** The API's own origin. */
  'api',
  /** A frame without an origin: `<iframe sandbox="allow-scripts">` within `app`. */
  'sandboxed',
  /** A frame without an origin: `<iframe src="data:…">` within `app`. */
  'data',
] as const;

export type PageName = (typeof PAGE_NAMES)[number];

/** By which name a page addresses the server: each makes an origin. */
export type HostName = 'api' | 'cdn' | 'tenant' | 'address';

export const HOSTS: Readonly<Record<HostName, string>> = {
  api: 'localhost',
  cdn: 'cdn.localhost',
  tenant: 'api.tenant.localhost',
  address: '127.0.0.1',
};
