import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  BadRequestException,
  Body,
  Catch,
  Controller,
  ForbiddenException,
  Get,
  Header,
  HttpCode,
  type ArgumentsHost,
  type ExceptionFilter,
  type MessageEvent,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Param,
  ParseIntPipe,
  Post,
  Redirect,
  Res,
  Sse,
  StreamableFile,
  UnauthorizedException,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { Cors, CorsModule } from 'nestjs-cors';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { NEVER, of, startWith, throwError, type Observable } from 'rxjs';

import { ACAC, ACAO, ACEH, APP, OPTIONS_VARY } from '../../cases/cors-case.js';
import { sendForHead, type Asked } from '../../support/http-client.js';
import { log } from '../../support/log-capture.js';
import { rawResponse, type AnyReply } from '../../support/raw-response.js';
import { startApp, type RunningApp } from '../../support/running-app.js';
import { EVERY_WAY } from '../../support/ways.js';
import { reach, reached } from '../../support/witness.js';

const deny401 = {
  canActivate: () => {
    throw new UnauthorizedException();
  },
};
const deny403 = { canActivate: () => false };

class TeapotError extends Error {}

@Catch(TeapotError)
class TeapotFilter implements ExceptionFilter {
  catch(_error: unknown, host: ArgumentsHost): void {
    const response = rawResponse(host.switchToHttp().getResponse<AnyReply>());
    response.writeHead(418, { 'Content-Type': 'text/plain' }).end('teapot');
  }
}

@Controller('every')
@Cors({ origin: APP, credentials: true, exposedHeaders: ['X-Total'] })
class EveryController {
  @Get('text') text(): string {
    return reach('text');
  }

  @Get('tagged') @Header('ETag', '"tag"') tagged(): string {
    return reach('tagged');
  }

  @Get('json') json(): object {
    return { reached: reach('json') };
  }

  @Get('nothing') @HttpCode(204) nothing(): void {
    reach('nothing');
  }

  @Get('unauthorized') @UseGuards(deny401) unauthorized(): string {
    return reach('unauthorized');
  }

  @Get('forbidden') @UseGuards(deny403) forbidden(): string {
    return reach('forbidden');
  }

  @Get('number/:id') number(@Param('id', ParseIntPipe) id: number): string {
    return reach(`number ${id}`);
  }

  @Post('body') body(@Body() body: unknown): string {
    return reach(`body ${typeof body}`);
  }

  @Get('bad') bad(): string {
    throw new BadRequestException();
  }

  @Get('teapot') @UseFilters(TeapotFilter) teapot(): string {
    throw new TeapotError();
  }

  @Get('crash') crash(): string {
    throw new Error('crash');
  }

  @Get('reject') async reject(): Promise<string> {
    return Promise.reject(new ForbiddenException());
  }

  @Get('observable') observable(): Observable<string> {
    return of('a', reach('observable'));
  }

  @Get('failing-observable') failing(): Observable<string> {
    return throwError(() => new BadRequestException());
  }

  @Get('redirect') @Redirect('https://elsewhere.example/', 302) redirect(): void {
    reach('redirect');
  }

  @Sse('sse') sse(): Observable<MessageEvent> {
    return of({ data: reach('sse') });
  }

  @Sse('endless') endless(): Observable<MessageEvent> {
    return NEVER.pipe(startWith({ data: reach('endless') }));
  }

  @Get('stream') stream(): StreamableFile {
    return new StreamableFile(Readable.from([Buffer.from(reach('stream'))]));
  }

  @Get('failing-stream') failingStream(): StreamableFile {
    return new StreamableFile(
      new Readable({
        read() {
          this.destroy(new Error('the disk is gone'));
        },
      }),
    );
  }

  @Get('file') @Header('Content-Type', 'text/plain') file(): StreamableFile {
    return new StreamableFile(Buffer.from(reach('file')));
  }

  @Get('raw') raw(@Res() reply: AnyReply): void {
    rawResponse(reply).end(reach('raw'));
  }

  @Get('piped') piped(@Res() reply: AnyReply): void {
    Readable.from(['a', reach('piped')]).pipe(rawResponse(reply));
  }

  @Get('native') native(@Res() reply: { status(code: number): { send(body: string): void } }): void {
    reply.status(202).send(reach('native'));
  }

  @Get('passthrough') passthrough(@Res({ passthrough: true }) reply: { status(code: number): unknown }): string {
    reply.status(203);
    return reach('passthrough');
  }

  @Get('limited') limited(): string {
    return reach('limited');
  }
}

@Module({ imports: [CorsModule.forRoot({ origin: APP })], controllers: [EveryController] })
class EveryModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply((_request: IncomingMessage, response: ServerResponse) => {
        reach('limiter');
        response.statusCode = 429;
        response.setHeader('Retry-After', '1');
        response.end('slow down');
      })
      .forRoutes('every/limited', 'middleware-only');
  }
}

const APP_WIDE = { [ACAO]: APP, vary: 'Origin' };
const ROUTE = { ...APP_WIDE, [ACAC]: 'true', [ACEH]: 'X-Total' };

/** Every way in which a response comes about: the request, its status, and who is reached. */
const RESPONSES = [
  ['a handler that returns text', { path: '/every/text' }, 200, ['text']],
  ['a handler that returns an object', { path: '/every/json' }, 200, ['json']],
  ['HEAD, which the handler of GET serves', { method: 'HEAD', path: '/every/text' }, 200, ['text']],
  ['a 204', { path: '/every/nothing' }, 204, ['nothing']],
  ['a guard that says 401', { path: '/every/unauthorized' }, 401, []],
  ['a guard that says 403', { path: '/every/forbidden' }, 403, []],
  ['a pipe that says 400', { path: '/every/number/x' }, 400, []],
  ['malformed JSON', json('/every/body', '{'), 400, []],
  ['a body that is too large', json('/every/body', JSON.stringify('x'.repeat(2_000_000))), 413, []],
  ['a thrown HttpException', { path: '/every/bad' }, 400, []],
  ['an exception filter that writes itself', { path: '/every/teapot' }, 418, []],
  ['an unexpected error', { path: '/every/crash' }, 500, []],
  ['a rejected promise', { path: '/every/reject' }, 403, []],
  ['an observable', { path: '/every/observable' }, 200, ['observable']],
  ['an observable that fails', { path: '/every/failing-observable' }, 400, []],
  ['@Sse()', { path: '/every/sse' }, 200, ['sse']],
  ['a StreamableFile of a stream', { path: '/every/stream' }, 200, ['stream']],
  ['a StreamableFile of a buffer', { path: '/every/file' }, 200, ['file']],
  ['@Res(), and an end on Node’s response (a hijacked reply)', { path: '/every/raw' }, 200, ['raw']],
  ['a stream piped into Node’s response', { path: '/every/piped' }, 200, ['piped']],
  ['@Res() and the platform’s own methods', { path: '/every/native' }, 202, ['native']],
  ['@Res({ passthrough: true })', { path: '/every/passthrough' }, 203, ['passthrough']],
  ['middleware that says 429', { path: '/every/limited' }, 429, ['limiter']],
  ['a method that nobody serves here', { method: 'DELETE', path: '/every/text' }, 404, []],
  ['OPTIONS that is no preflight', { method: 'OPTIONS', path: '/every/text' }, 404, []],
] as const;

const ELSEWHERE = [
  ['middleware where no controller is', { path: '/middleware-only' }, 429, ['limiter']],
  ['a 404 below a controller', { path: '/every/nothing-of-the-kind' }, 404, []],
  ['a 404 anywhere else', { path: '/nowhere' }, 404, []],
  ['a 404 for malformed JSON', json('/nowhere', '{'), 400, []],
] as const;

function json(path: string, body: string) {
  return { method: 'POST', path, body, headers: { 'content-type': 'application/json' } };
}

function varyOf(asked: Asked): string {
  return asked.method === 'OPTIONS' ? OPTIONS_VARY : 'Origin';
}

describe.each(EVERY_WAY)('every response carries the headers of the route’s policy, on %s', (_, way) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp(way, EveryModule);
  });

  it.each(RESPONSES)('%s', async (_, asked, status, who) => {
    const answer = await app.send({ ...asked, origin: APP });
    expect([answer.status, answer.cors, reached]).toEqual([status, { ...ROUTE, vary: varyOf(asked) }, who]);
  });

  it.each(RESPONSES)('and none but Vary for an origin that is not allowed: %s', async (_, asked, status, who) => {
    const answer = await app.send({ ...asked, origin: 'https://other.example' });
    expect([answer.status, answer.cors, reached]).toEqual([status, { vary: varyOf(asked) }, who]);
  });

  it.each(ELSEWHERE)('forRoot’s policy: %s', async (_, asked, status, who) => {
    const answer = await app.send({ ...asked, origin: APP });
    expect([answer.status, answer.cors, reached]).toEqual([status, APP_WIDE, who]);
  });

  it('a redirect, whatever else it varies by', async () => {
    const { status, cors } = await app.send({ path: '/every/redirect', origin: APP });
    // Express negotiates the body of a redirect.
    expect([status, cors]).toEqual([302, { ...ROUTE, vary: way.isExpress ? 'Accept, Origin' : 'Origin' }]);
  });

  it('a 304', async () => {
    const first = await app.send({ path: '/every/tagged', origin: APP });
    const again = await app.send({ path: '/every/tagged', origin: APP, headers: { 'if-none-match': '"tag"' } });
    expect([first.cors, again.cors]).toEqual([ROUTE, ROUTE]);
    // Express compares the tags itself.
    expect([first.status, again.status]).toEqual([200, way.isExpress ? 304 : 200]);
  });

  it('a stream that fails before its first byte', async () => {
    const { status, cors } = await app.send({ path: '/every/failing-stream', origin: APP });
    expect([status >= 400, cors]).toEqual([true, ROUTE]);
  });

  it('a stream that does not end: they are there with the head', async () => {
    const { status, cors } = await sendForHead(app.port, { path: '/every/endless', origin: APP });
    expect([status, cors]).toEqual([200, ROUTE]);
  });

  it('and there is nothing to log about any of them', async () => {
    for (const [, asked] of RESPONSES) {
      await app.send({ ...asked, origin: APP });
    }
    expect(log.ofCors()).toEqual([]);
  });
});
