import { CookieJar } from './cookie-jar.js';
import { PreflightCache } from './preflight-cache.js';

/** How browsers differ from each other. */
export interface BrowserOptions {
  /** The clock, in milliseconds, of cookies and preflight cache. Default `Date.now`. A test sets it forward instead of waiting. */
  readonly now?: (() => number) | undefined;
  /** The longest time in seconds that a preflight is remembered. Default 7200, as in Chromium; Firefox has 86400, WebKit 600. */
  readonly preflightMaxAge?: number | undefined;
  /** Whether cookies are sent between sites at all. Default true, as in Chromium; WebKit blocks them. */
  readonly thirdPartyCookies?: boolean | undefined;
}

/** What the pages of one browser share. */
export class Browser {
  readonly cookies: CookieJar;
  readonly preflights: PreflightCache;
  readonly preflightMaxAge: number;

  constructor({ now = Date.now, preflightMaxAge = 7200, thirdPartyCookies = true }: BrowserOptions) {
    this.cookies = new CookieJar(now, thirdPartyCookies);
    this.preflights = new PreflightCache(now);
    this.preflightMaxAge = preflightMaxAge;
  }
}
