import { Controller, Delete, Get, type INestApplication, Patch, Post, Put, UseGuards } from '@nestjs/common';
import { Cors } from 'nestjs-cors';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { APP } from '../../cases/cors-case.js';
import type { Asked } from '../../support/http-client.js';
import { reach } from '../../support/witness.js';

/** Another origin than the one that the policies name. */
export const OTHER = 'https://other.example';

const guard = { canActivate: () => reach('guard') !== '' };

class Verbs {
  @Get() get(): string {
    return reach(`${this.constructor.name}.get`);
  }

  @Post() post(): string {
    return reach(`${this.constructor.name}.post`);
  }

  @Put() put(): string {
    return reach(`${this.constructor.name}.put`);
  }

  @Patch() patch(): string {
    return reach(`${this.constructor.name}.patch`);
  }

  @Delete() delete(): string {
    return reach(`${this.constructor.name}.delete`);
  }
}

@Controller('public')
@Cors({ origin: '*' })
class Public extends Verbs {}

@Controller('private')
@Cors({ origin: APP, credentials: true, methods: ['PUT'] })
@UseGuards(guard)
class Private extends Verbs {}

@Controller('asking')
@Cors({ origin: async (origin) => Promise.resolve(origin === APP) })
class Asking extends Verbs {}

@Controller('enforcing')
@Cors({ origin: APP, enforce: true })
class Enforcing extends Verbs {}

@Controller('closed')
@Cors(false)
class Closed extends Verbs {}

@Controller('plain')
class Plain extends Verbs {}

/** The same five handlers under six policies, each at a path of its own. */
export const rewriteControllers = [Public, Private, Asking, Enforcing, Closed, Plain];

/** Middleware as people write it: something in the URL, which any page can write, says where the request is to go. */
export function rewrites(app: INestApplication): void {
  app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (searchParams.has('own')) {
      response.setHeader('Access-Control-Allow-Origin', '*');
    }
    request.url = searchParams.get('to') ?? request.url;
    request.method = searchParams.get('as') ?? request.method;
    next();
  });
}

/** A request for /public that middleware leads elsewhere; `own`: it sets a CORS header of its own on the way. */
export function led(
  to: string,
  asked: Asked & { readonly as?: string; readonly own?: boolean } = {},
): Asked & { readonly path: string } {
  const { as, own, path = '/public', ...rest } = asked;
  const query = new URLSearchParams({ to, ...(as === undefined ? {} : { as }), ...(own === true ? { own: '' } : {}) });
  return { origin: OTHER, ...rest, path: `${path}?${query.toString()}` };
}
