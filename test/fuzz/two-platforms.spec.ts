import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CorsConfigError, type CorsModuleOptions } from 'nestjs-cors';
import { METHODS } from 'node:http';

import type { Answer, Asked } from '../support/http-client.js';
import { EXPRESS, FASTIFY } from '../support/ways.js';
import { policyNameOf, startDecisiveApp, type DecisiveApp } from './decisive-app.js';
import { mayName, policyNamed } from './plain-reading.js';
import { asked, moduleOptions, ORIGINS } from './random-policies.js';

let express: DecisiveApp;
let fastify: DecisiveApp;

beforeAll(async () => {
  express = await startDecisiveApp(EXPRESS);
  fastify = await startDecisiveApp(FASTIFY);
});

/** The codes and places of the mistakes; undefined: there are none, and these policies are now in force. */
async function mistakesOf({ update }: DecisiveApp, options: CorsModuleOptions): Promise<readonly string[] | undefined> {
  try {
    await update(options);
    return undefined;
  } catch (error) {
    if (!(error instanceof CorsConfigError)) {
      throw error;
    }
    return error.issues.map(({ where, path, code }) => `${where} ${path} ${code}`);
  }
}

/** Express and Fastify word a 404 differently; of the app's bodies only that there is one matters here. */
function decisionOf({ status, cors, headers }: Answer): object {
  return { status, cors, contentLength: headers['content-length'] === '0' };
}

/** What no answer may be, whatever the policies are. */
function expectSound(request: Asked, { cors }: Answer, debug = false): void {
  const allowed = cors['access-control-allow-origin'];
  const vary = String(cors['vary'] ?? '').split(', ');
  const names = Object.keys(cors);
  if (allowed === undefined) {
    // `debug` answers a refused preflight up to the step that failed, and says nothing of an origin that nobody was asked about.
    const told = debug ? ['vary', 'access-control-allow-methods', 'access-control-allow-headers'] : ['vary'];
    expect(told).toEqual(expect.arrayContaining(names));
  } else if (allowed === '*') {
    expect(names).not.toContain('access-control-allow-credentials');
  } else {
    expect(allowed).toBe(request.origin);
    expect(vary).toContain('Origin');
  }
  for (const value of Object.values(cors)) {
    expect(value).toEqual(expect.stringMatching(/^[!-~]+(?:, [!-~]+)*$/));
  }
}

/** What `'*'` may answer: with credentials the origin is echoed, and `null`, which anybody can be, is nobody. */
function allowedByEveryone(origin: string | undefined, credentials: boolean): readonly (string | undefined)[] {
  if (!credentials) {
    return ['*'];
  }
  if (origin === undefined || origin === 'null') {
    return [undefined];
  }
  return ORIGINS.includes(origin) ? [origin] : [origin, undefined];
}

/** Only whom the policy of the route names: read off the options once more, by other means. */
function expectNamed(request: Asked, { status, cors }: Answer, options: CorsModuleOptions): void {
  const name = policyNameOf(request.method ?? 'GET', request.path ?? '/');
  if (name === undefined) {
    return;
  }
  const policy = name === 'root' ? options : policyNamed(name, options);
  const allowed = cors['access-control-allow-origin'];
  const enforced = policy.enforce === true && status === 403;
  if (policy.origin === '*' && !enforced) {
    expect(allowedByEveryone(request.origin, policy.credentials === true)).toContain(allowed);
    return;
  }
  if (allowed !== undefined) {
    expect(mayName(String(allowed), policy)).toBe(true);
  }
  if (cors['access-control-allow-credentials'] !== undefined) {
    expect(policy.credentials).toBe(true);
  }
}

/** `@All()` stands for 17 methods on Fastify, and on Express for all of Node's: what only one of them serves is no matter of CORS. */
const ON_BOTH = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'QUERY'];

function isServedAlike({ path, requestMethod }: Asked): boolean {
  return path !== '/all' || ON_BOTH.includes(requestMethod ?? '') || !METHODS.includes(requestMethod ?? '');
}

describe('under the same random policies, Express and Fastify', () => {
  it('decide alike, and neither shares what the policy of the route does not', async () => {
    await fc.assert(
      fc.asyncProperty(
        moduleOptions,
        fc.array(asked.filter(isServedAlike), { minLength: 4, maxLength: 12 }),
        async (options, requests) => {
          const mistakes = await mistakesOf(express, options);
          expect(await mistakesOf(fastify, options)).toEqual(mistakes);
          fc.pre(mistakes === undefined);
          for (const request of requests) {
            const answer = await express.running.send(request);
            expect(decisionOf(await fastify.running.send(request))).toEqual(decisionOf(answer));
            // Node removes white space around a header's value.
            const received = { ...request, origin: request.origin?.replaceAll(/^[ \t]+|[ \t]+$/g, '') };
            expectSound(received, answer, options.debug);
            expectNamed(received, answer, options);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
