import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Post, Res } from '@nestjs/common';
import type { ServerResponse } from 'node:http';

import { sendBytes, requestText } from './raw-socket.js';
import { log } from './log-capture.js';
import { startApp } from './running-app.js';
import { EVERY_WAY } from './ways.js';
import { reach, reached } from './witness.js';

@Controller()
class PlainController {
  @Get('plain')
  plain(): string {
    return reach('plain');
  }

  @Post('echo')
  echo(): string {
    return reach('echo');
  }

  @Get('twice')
  twice(@Res() reply: ServerResponse & { raw?: ServerResponse }): void {
    const response = reply.raw ?? reply;
    response.setHeader('Access-Control-Allow-Origin', ['a', 'b']);
    response.setHeader('Vary', 'X');
    response.end();
  }
}

@Module({ controllers: [PlainController] })
class PlainModule {}

describe.each(EVERY_WAY)('the test support, on %s', (_, way) => {
  it('sees no CORS header, no log line and who was reached where there is no CORS module', async () => {
    const app = await startApp(way, PlainModule);
    const answer = await app.send({ path: '/plain', origin: 'https://app.example.com' });
    expect(answer).toMatchObject({ status: 200, cors: {}, body: 'plain' });
    expect(reached).toEqual(['plain']);
    expect(log.ofCors()).toEqual([]);
  });

  it('sees a preflight that nobody answers', async () => {
    const app = await startApp(way, PlainModule);
    expect(await app.preflight('/plain', 'PUT', 'https://app.example.com')).toMatchObject({ status: 404, cors: {} });
    expect(reached).toEqual([]);
  });

  it('sees the CORS headers of another, and a 404', async () => {
    const app = await startApp(way, PlainModule, { configure: (nest) => nest.enableCors({ origin: '*' }) });
    expect((await app.send({ path: '/nowhere' })).cors).toEqual({ 'access-control-allow-origin': '*' });
  });

  it('sees a header that comes twice', async () => {
    const app = await startApp(way, PlainModule);
    expect((await app.send({ path: '/twice' })).cors).toEqual({ 'access-control-allow-origin': ['a', 'b'], vary: 'X' });
  });

  it('reads the answers of a pipeline apart, with their bodies', async () => {
    const app = await startApp(way, PlainModule);
    const answers = await sendBytes(
      app.port,
      requestText('GET /plain', 'Connection: keep-alive') + requestText('POST /echo', 'Content-Length: 0'),
    );
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [200, 'plain'],
      [201, 'echo'],
    ]);
  });

  it('sees what the application logs', async () => {
    const app = await startApp(way, PlainModule, {
      configure: (nest) =>
        nest.useGlobalGuards({
          canActivate: () => {
            throw new Error('secret');
          },
        }),
    });
    expect(await app.send({ path: '/plain' })).toMatchObject({ status: 500 });
    expect(log.complaints).toHaveLength(1);
  });
});
