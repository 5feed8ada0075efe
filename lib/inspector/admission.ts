import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

import { safeText, thrownText } from '../policy/mistakes/safe-text.js';
import { hostOf, isSameAuthority } from '../nest/request/cross-origin.js';
import { isHostName, type InspectorSettings } from './inspector.options.js';

/** Why a request is not answered. */
export interface Refusal {
  readonly status: 403 | 404;
  readonly text: string;
}

const OFF: Refusal = { status: 404, text: 'Not found.' };
const FOREIGN: Refusal = {
  status: 403,
  text: 'The CORS inspector does not open from another site, not even by a link: type its address into the address bar.',
};
const NOT_ALLOWED: Refusal = { status: 403, text: 'allow() of CorsInspectorModule has not let this request in.' };

/**
 * Why a request may not see the inspector; undefined if it may. The browser's headers are checked first, so that no page of
 * another site can run the application's code. Never rejects.
 *
 * @param onFailure - gets the text of what `allow` threw.
 */
export async function refusalOf(
  request: IncomingMessage,
  settings: InspectorSettings,
  onFailure: (why: string) => void,
): Promise<Refusal | undefined> {
  if (settings.allow === undefined && isProduction()) {
    return OFF;
  }
  try {
    if (isForeign(request)) {
      return FOREIGN;
    }
    return strangeHost(request, settings.hosts) ?? (await notAllowed(request, settings.allow));
  } catch (error) {
    onFailure(thrownText(error));
    return NOT_ALLOWED;
  }
}

/** Read each time: configuration may set it after this module was loaded. */
export function isProduction(): boolean {
  // oxlint-disable-next-line no-restricted-globals -- what is on by default in development must know where it is
  return process.env['NODE_ENV']?.trim().toLowerCase() === 'production';
}

/** `same-site` is another site here: a neighbour on a subdomain is not the application. */
function isForeign(request: IncomingMessage): boolean {
  const { 'sec-fetch-site': site, origin } = request.headers;
  const isOwn = site === undefined || site === 'same-origin' || site === 'none';
  return !isOwn || (origin !== undefined && !isSameAuthority(origin, hostOf(request)));
}

/** DNS rebinding: a foreign domain that resolves to this machine is same-origin for the browser. Only `Host` shows it. */
function strangeHost(request: IncomingMessage, hosts: ReadonlySet<string>): Refusal | undefined {
  const authority = hostOf(request)?.toLowerCase() ?? '';
  const name = /^(\[[0-9a-f:.]+\]|[^:]+)(?::\d+)?$/.exec(authority)?.[1] ?? '';
  const isLocal = name === 'localhost' || name.endsWith('.localhost') || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
  if (isLocal || hosts.has(name)) {
    return undefined;
  }
  const shown = safeText(name, 100);
  const cure = isHostName(shown)
    ? ` If it is this application's, add hosts: ['${shown}'] to CorsInspectorModule.forRoot().`
    : '';
  return { status: 403, text: `The CORS inspector does not know the host ${shown}.${cure}` };
}

/** Only `true` grants access: a promise that was not awaited is truthy, and so is a user object. */
async function notAllowed(request: IncomingMessage, allow: InspectorSettings['allow']): Promise<Refusal | undefined> {
  if (allow === undefined) {
    return undefined;
  }
  const answer: unknown = await allow(request);
  return answer === true ? undefined : NOT_ALLOWED;
}
