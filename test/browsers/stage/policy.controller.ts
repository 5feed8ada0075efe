import {
  applyDecorators,
  Body,
  Controller,
  Delete,
  Get,
  Header,
  Headers,
  HttpCode,
  HttpException,
  Param,
  Patch,
  Post,
  Propfind,
  Put,
  Query,
  Redirect,
  Req,
  Res,
  Search,
  Sse,
  type Type,
  UnauthorizedException,
} from '@nestjs/common';
import { Cors, type CorsDecoratorValue } from 'nestjs-cors';
import { of, type Observable } from 'rxjs';
import { nextHop, type Hop } from './hop.js';

interface Answering {
  header(name: string, value: string): unknown;
}

interface Asking {
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Some that every page may read, some that are to be exposed. Nothing is kept by an HTTP cache: each call is seen. */
const Answer = (): MethodDecorator =>
  applyDecorators(
    Header('Cache-Control', 'no-store'),
    Header('Content-Language', 'en'),
    Header('Expires', 'Thu, 01 Jan 1970 00:00:00 GMT'),
    Header('Last-Modified', 'Thu, 01 Jan 2026 00:00:00 GMT'),
    Header('Pragma', 'no-cache'),
    Header('ETag', '"7"'),
    Header('X-Total-Count', '42'),
    Header('X-Request-Id', 'r1'),
    Header('Link', '</next>; rel="next"'),
  );

/** All that is served under one policy, at `/p/<name>`. */
export function policyController(name: string, policy: CorsDecoratorValue | null): Type<object> {
  @Controller(`p/${name}`)
  class PolicyController {
    @Get()
    @Answer()
    get(): object {
      return { answer: 'get' };
    }

    @Post()
    @HttpCode(200)
    @Answer()
    post(@Body() body: unknown): object {
      return { answer: 'post', ...describe(body) };
    }

    @Put()
    @Answer()
    put(@Body() body: unknown): object {
      return { answer: 'put', ...describe(body) };
    }

    @Patch()
    @Answer()
    patch(): object {
      return { answer: 'patch' };
    }

    @Delete()
    @HttpCode(204)
    @Answer()
    delete(): void {}

    @Propfind()
    propfind(): object {
      return { answer: 'propfind' };
    }

    @Search('elsewhere')
    search(): object {
      return { answer: 'search' };
    }

    @Get('status/:code')
    @Answer()
    status(@Param('code') code: string): never {
      if (code === '500') {
        throw new Error('What is not caught is a 500');
      }
      throw new HttpException(`status ${code}`, Number(code));
    }

    @Get('guarded')
    @Answer()
    @Header('WWW-Authenticate', 'Bearer')
    guarded(@Headers('authorization') authorization?: string): object {
      if (authorization !== 'Bearer secret') {
        throw new UnauthorizedException();
      }
      return { answer: 'for you' };
    }

    @Get('range')
    @HttpCode(206)
    @Header('Content-Range', 'bytes 0-9/100')
    @Header('Accept-Ranges', 'bytes')
    range(): string {
      return '0123456789';
    }

    /** A cookie for this path alone: scenarios do not meet in one jar. */
    @Get('jar/:name')
    jar(@Res({ passthrough: true }) response: Answering, @Param('name') jar: string): object {
      response.header('Set-Cookie', `jar=1; Path=/p/${name}/jar/${jar}`);
      return { answer: 'a cookie' };
    }

    @Get('hops')
    @Redirect()
    hopGet(@Req() request: Asking, @Query() query: Hop): object {
      return nextHop(request.headers, query);
    }

    @Post('hops')
    @Redirect()
    hopPost(@Req() request: Asking, @Query() query: Hop): object {
      return nextHop(request.headers, query);
    }

    @Put('hops')
    @Redirect()
    hopPut(@Req() request: Asking, @Query() query: Hop): object {
      return nextHop(request.headers, query);
    }

    @Sse('events')
    events(): Observable<{ data: string }> {
      return of({ data: 'tick' });
    }
  }
  if (policy !== null) {
    Cors(policy)(PolicyController);
  }
  return PolicyController;
}

/** How much came, by how it was sent: a form's boundary is never the same. */
function describe(body: unknown): object {
  if (!Buffer.isBuffer(body)) {
    return { body: body ?? null };
  }
  const parts = body.toString('latin1').match(/; name="/g)?.length ?? 0;
  return parts > 0 ? { parts } : { bytes: body.length };
}
