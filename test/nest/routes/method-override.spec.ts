import { beforeAll, describe, expect, it } from '@jest/globals';
import { All, Controller, Req } from '@nestjs/common';
import { Cors } from 'nestjs-cors';
import type { IncomingMessage } from 'node:http';

import { APP } from '../../cases/cors-case.js';
import { rootModule, startApp, type RunningApp } from '../../support/running-app.js';
import { EXPRESS } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

@Controller('enforced')
@Cors({ origin: APP, methods: ['GET', 'POST'], enforce: true })
class Enforced {
  @All() all(@Req() request: IncomingMessage): string {
    return reach(`enforced ${request.method}`);
  }
}

@Controller('open')
@Cors({ origin: APP, methods: ['GET', 'POST', 'DELETE'] })
class Open {
  @All() all(@Req() request: IncomingMessage): string {
    return reach(`open ${request.method}`);
  }
}

describe('middleware that overrides the method, where one handler serves both', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(EXPRESS, rootModule({ controllers: [Enforced, Open] }), {
      configure: (nest) =>
        nest.use((request: IncomingMessage, _response: unknown, next: () => void) => {
          request.method = request.headers['x-method']?.toString() ?? request.method;
          next();
        }),
    });
  });

  it('does not carry a method past the policy that it would not have allowed', async () => {
    const answer = await app.send({
      method: 'POST',
      path: '/enforced',
      origin: APP,
      headers: { 'x-method': 'DELETE' },
    });
    expect([answer.status, answer.cors, reached]).toEqual([403, { vary: 'Origin' }, []]);
  });

  it('goes on where the policy allows both', async () => {
    const answer = await app.send({ method: 'POST', path: '/open', origin: APP, headers: { 'x-method': 'DELETE' } });
    expect([answer.cors, reached]).toEqual([{ 'access-control-allow-origin': APP, vary: 'Origin' }, ['open DELETE']]);
  });
});
