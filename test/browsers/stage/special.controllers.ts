import {
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Options,
  Patch,
  Post,
  Put,
  type Type,
  UnauthorizedException,
} from '@nestjs/common';
import { Cors } from 'nestjs-cors';
import type { OriginsOfPages } from './page-origins.js';

/** Where one URL has more than one policy, or the app answers preflights itself. */
export function specialControllers(at: OriginsOfPages): readonly Type<object>[] {
  @Controller('p/mixed')
  class MixedController {
    @Get() @Cors({ origin: '*' }) get() {
      return { answer: 'for everyone' };
    }

    @Post() @HttpCode(200) @Cors({ origin: at.tenant, credentials: true }) post() {
      return { answer: 'for the tenant' };
    }

    @Put() @Cors({ origin: at.app, credentials: true, maxAge: 600 }) put() {
      return { answer: 'for the app' };
    }

    @Patch() @Cors(false) patch() {
      return { answer: 'for nobody' };
    }

    @Delete() delete() {
      return { answer: 'not spoken of' };
    }
  }

  @Controller({ path: 'p/versions', version: '1' })
  @Cors({ origin: [at.app, at.tenant], allowedHeaders: ['X-Trace'], credentials: true })
  class FirstVersionController {
    @Get() get() {
      return { answer: 'version 1' };
    }

    @Put() put() {
      return { answer: 'version 1' };
    }
  }

  @Controller({ path: 'p/versions', version: '2' })
  @Cors({ origin: [at.app, at['other-port']], allowedHeaders: ['X-Trace', 'X-Request-Id'] })
  class SecondVersionController {
    @Get() get() {
      return { answer: 'version 2' };
    }
  }

  /** Every method is listed, and one is closed all the same: a browser must not learn it from the others' answers. */
  @Controller('p/partly-closed')
  @Cors({ origin: at.app, maxAge: 600, methods: ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE'] })
  class PartlyClosedController {
    @Put() put() {
      return { answer: 'put' };
    }

    @Patch() patch() {
      return { answer: 'patched' };
    }

    @Delete() @Cors(false) delete() {
      return { answer: 'deleted' };
    }
  }

  @Controller('p/continued')
  @Cors({ origin: at.app, preflightContinue: true, allowedHeaders: ['X-Trace'] })
  class ContinuedController {
    @Put() put() {
      return { answer: 'put' };
    }

    @Options() @HttpCode(200) @Header('X-Answered-By', 'the app') options() {
      return { answer: 'what can be done here' };
    }
  }

  @Controller('p/locked')
  @Cors({ origin: at.app, preflightContinue: true })
  class LockedController {
    @Put() put() {
      return { answer: 'put' };
    }

    /** A login in front of a preflight, which never carries one. */
    @Options() options(): never {
      throw new UnauthorizedException();
    }
  }

  return [
    MixedController,
    FirstVersionController,
    SecondVersionController,
    PartlyClosedController,
    ContinuedController,
    LockedController,
  ];
}
