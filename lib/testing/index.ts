/**
 * A simulated page for tests.
 *
 * @module nestjs-cors/testing
 */
export { pageAt } from './page.js';
export type { Page, PageCookies, PageFetch, PageOptions } from './page.js';
export type { BrowserOptions } from './browser.js';
export type { PageCache, PageCredentials, PageRedirect, PageReferrerPolicy, PageRequestMode } from './fetch-request.js';
export type { FetchTarget, NestApp } from './fetch-target.js';
export type { PageBody } from './page-body.js';
export type { PageHeaders } from './page-headers.js';
export type { PageRequestInit } from './page-request.js';
export type { PageSocket } from './handshake.js';
export type { PageForm, PageFormBody } from './form.js';
export type { PageErrorEvent, PageEventSource, PageEventSourceInit } from './event-source.js';
export type { PageResponse, PageResponseType } from './page-response.js';
export type { CorsExchange, ReceivedMessage, SentMessage } from './exchange.js';
export { policyTable } from './policy-table.js';
export { CorsBlockedError } from './cors-blocked.error.js';
export type { CorsBlockedStep } from './cors-failure.js';
