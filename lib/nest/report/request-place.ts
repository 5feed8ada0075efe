import type { IncomingHttpHeaders } from 'node:http';

import { safeText } from '../../policy/mistakes/safe-text.js';
import type { PathList } from '../../routing/path-list.js';
import type { Route } from '../../routing/route.js';

/** As much of a request as its place is found by. */
export interface PlacedRequest {
  /** Of a controller, or of a gateway; undefined where none is known. */
  readonly route: Route | undefined;
  /** As it was sent. */
  readonly method: string;
  readonly url: string;
  /** Where middleware has led it to, if it was judged there. */
  readonly rewrittenTo: Target | undefined;
  /** The platform's own. */
  readonly request: unknown;
  readonly raw: { readonly headers: IncomingHttpHeaders };
  readonly appPolicies: { readonly paths: PathList<unknown> };
}

/** Method and target of a request, as Node has them. */
export interface Target {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}

/**
 * What a log line is about: the code that decides, named as the app named it. A path of a client is not a name: the first scanner
 * that comes along would choose it.
 */
export interface Place {
  /** What is said once, or once a minute, is counted by it. There are as many as the app has routes, entries and gateways. */
  readonly key: string;
  /** `CatsController.update`, `paths[0] (/graphql)` */
  readonly name: string;
  readonly decides: Decider;
}

/** Whose policy applies. */
export type Decider =
  /** Of one handler, or of all that the request may reach. */
  | { readonly kind: 'handlers'; readonly routes: readonly Route[] }
  | { readonly kind: 'entry' }
  /** Readers of the URL differ, and so do the entries. */
  | { readonly kind: 'disputed' }
  /** Handlers serve the URL, but not this request. An entry of `paths` has to be limited to the method, or it stops the start. */
  | { readonly kind: 'unserved'; readonly path: string | undefined; readonly method: string | undefined }
  /** `forRoot`'s. `path`: the pattern of the platform's own route; `method`: where handlers serve the URL with other methods. */
  | { readonly kind: 'root'; readonly path: string | undefined; readonly method: string | undefined }
  /** Not a request of HTTP. */
  | { readonly kind: 'other' };

/** Where nothing of the app has a name. */
export const SOMEWHERE: Place = Object.freeze({
  key: 'none',
  name: 'a URL that no controller serves',
  decides: Object.freeze({ kind: 'root', path: undefined, method: undefined }),
});

/** Of sockets that follow `forRoot`. */
export const SOCKET: Place = Object.freeze({
  key: 'socket',
  name: 'a socket that no gateway takes',
  decides: Object.freeze({ kind: 'other' }),
});

/** Finds the places of requests. Asked only when there is something to say. */
export interface Places {
  nameOf(route: Route | undefined): string | undefined;
  of(request: PlacedRequest): Place;
}

/** Up to here, handlers are named one by one. */
const MOST_NAMES = 3;

/** `A, B and 2 more` */
export function listOfNames(names: readonly string[], word: 'and' | 'or'): string {
  const safe = names.slice(0, MOST_NAMES).map((name) => safeText(name));
  const more = names.length - safe.length;
  const items = more > 0 ? [...safe, `${more} more`] : safe;
  const last = items.at(-1) ?? '';
  return items.length === 1 ? last : `${items.slice(0, -1).join(', ')} ${word} ${last}`;
}
