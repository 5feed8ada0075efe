import { Cors } from 'nestjs-cors';

import { ACAH, ACEH, APP } from '../cases/cors-case.js';
import type { Asked } from './http-client.js';
import type { RunningApp } from './running-app.js';
import { reached } from './witness.js';

/** A policy that says whose it is, in every answer and in every preflight's. */
export function Named(name: string): ClassDecorator & MethodDecorator {
  return Cors({ origin: '*', exposedHeaders: [name], allowedHeaders: ['x-probe', name] });
}

/** Whose handler ran, whose policy the response carries, and whose answered the preflight; a status where nobody's. */
export interface Seen {
  readonly ran: string | number;
  readonly policy: string | undefined;
  readonly preflight: string | number;
}

/** All three are one name: what a route that is rightly known looks like. */
export function allOf(name: string): Seen {
  return { ran: name, policy: name, preflight: name };
}

/** Sends the request, and its preflight, which has all that the request has but its own headers. */
export async function look(app: RunningApp, method: string, path: string, more: Asked = {}): Promise<Seen> {
  reached.length = 0;
  const answer = await app.send({ method, path, origin: APP, ...more });
  const policy = answer.cors[ACEH];
  const preflight = await app.send({
    method: 'OPTIONS',
    path,
    origin: APP,
    requestMethod: method,
    requestHeaders: 'x-probe',
    ...(more.host === undefined ? {} : { host: more.host }),
  });
  const allowed = preflight.cors[ACAH];
  return {
    ran: reached.at(-1) ?? answer.status,
    policy: policy === undefined ? undefined : String(policy),
    preflight: allowed === undefined ? preflight.status : String(allowed).replace(/^x-probe, /, ''),
  };
}
