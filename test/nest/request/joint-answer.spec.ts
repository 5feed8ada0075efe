import { describe, expect, it } from '@jest/globals';

import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

import type { RequestDecision } from '../../../lib/policy/model/decision.js';
import { judgePreflight } from '../../../lib/nest/request/judge-jointly.js';
import type { ServedApp } from '../../../lib/nest/request/served-app.js';
import { jointDecision, jointPreflight } from '../../../lib/nest/request/joint-answer.js';

const ORIGIN = 'https://app.example';

const decision = (fields: Partial<RequestDecision>): RequestDecision => ({
  verdict: 'allowed',
  reason: undefined,
  allowOrigin: ORIGIN,
  allowCredentials: false,
  exposeHeaders: undefined,
  vary: true,
  ...fields,
});

const REFUSED = decision({ verdict: 'refused', reason: 'origin-not-allowed', allowOrigin: undefined });
const EVERYONE = decision({ allowOrigin: '*', vary: false });

describe('the decision of several applications', () => {
  it('is none where no policy is concerned, and no leave where one of them has none', () => {
    expect(jointDecision([undefined, undefined])).toBeUndefined();
    expect(jointDecision([undefined, EVERYONE])).toEqual({ ...EVERYONE, verdict: 'refused', allowOrigin: undefined });
  });

  it('allows an origin that each of them allows', () => {
    expect(jointDecision([EVERYONE, EVERYONE])).toEqual(EVERYONE);
    expect(jointDecision([EVERYONE, decision({})])).toEqual(decision({}));
    expect(jointDecision([decision({}), REFUSED])).toEqual(REFUSED);
    expect(jointDecision([EVERYONE, REFUSED])).toEqual(REFUSED);
  });

  it('allows credentials and exposes headers where all of them do', () => {
    const rich = decision({ allowCredentials: true, exposeHeaders: 'X-A, X-B' });
    expect(jointDecision([rich, rich])).toEqual(rich);
    expect(jointDecision([rich, decision({ exposeHeaders: 'x-b, X-C' })])).toEqual(decision({ exposeHeaders: 'X-B' }));
    expect(jointDecision([decision({ exposeHeaders: '*' }), decision({ exposeHeaders: 'X-A' })])).toEqual(
      decision({ exposeHeaders: 'X-A' }),
    );
    expect(jointDecision([rich, decision({})])).toEqual(decision({}));
  });
});

describe('the answer of several applications to a preflight', () => {
  const vary = ['Vary', 'Origin, Access-Control-Request-Method'];

  const headersOf = (headers: Readonly<Record<string, string>>): readonly string[] => Object.entries(headers).flat();

  it('has what stands in every one of them', () => {
    const one = headersOf({
      Vary: 'Origin, Access-Control-Request-Method',
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Methods': 'PUT, PATCH',
      'Access-Control-Allow-Headers': 'X-A,x-b',
      'Access-Control-Max-Age': '60',
    });
    const other = headersOf({
      Vary: 'Access-Control-Request-Method',
      'Access-Control-Allow-Origin': ORIGIN,
      'Access-Control-Allow-Methods': 'PUT',
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Headers': 'X-B',
      'Access-Control-Max-Age': '5',
      'Content-Length': '0',
    });
    const joint = jointPreflight([
      { status: 204, headers: one },
      { status: 200, headers: other },
    ]);
    expect(joint).toEqual({
      status: 200,
      headers: headersOf({
        Vary: 'Origin, Access-Control-Request-Method',
        'Access-Control-Allow-Origin': ORIGIN,
        'Access-Control-Allow-Methods': 'PUT',
        'Access-Control-Allow-Headers': 'x-b',
        'Access-Control-Max-Age': '5',
        'Content-Length': '0',
      }),
    });
  });

  it('is a refusal where one of them refuses, or has no policy', () => {
    const allowed = { status: 204, headers: [...vary, 'Access-Control-Allow-Origin', ORIGIN] };
    const refusal = { status: 403, headers: [...vary, 'Content-Length', '0'] };
    expect(jointPreflight([allowed, { status: 403, headers: ['Vary', 'Origin'] }])).toEqual(refusal);
    expect(jointPreflight([undefined, allowed])).toEqual(refusal);
    expect(jointPreflight([allowed, { status: 204, headers: vary }])).toEqual({ status: 204, headers: vary });
  });
});

describe('a preflight at which one of several applications fails', () => {
  it('is refused, and no cache takes that for the answer to another one', async () => {
    const raw = new IncomingMessage(new Socket());
    const response = new ServerResponse(raw);
    const app = {
      onRequest: () => {
        throw new Error('a fault');
      },
    } as unknown as ServedApp;
    await new Promise<void>((resolve) => {
      const end = response.end.bind(response);
      response.end = () => {
        resolve();
        return end();
      };
      judgePreflight([app], raw, response, raw, response, () => undefined);
    });
    expect(response.statusCode).toBe(403);
    expect(Reflect.get(response, '_header')).toContain(
      '\r\nVary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\n',
    );
  });
});
