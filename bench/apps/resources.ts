import 'reflect-metadata';
import {
  Body,
  Controller,
  Delete,
  Get,
  Module,
  Param,
  Patch,
  Post,
  UnauthorizedException,
  UseGuards,
  type CanActivate,
  type DynamicModule,
  type Type,
} from '@nestjs/common';

import { Cors, type CorsPolicyOptions } from '../../lib/index.js';

/** Routes of one resource: a list and one of it, read and written. */
const ROUTES_EACH = 5;

class Locked implements CanActivate {
  canActivate(): never {
    throw new UnauthorizedException();
  }
}

/** An API of so many routes, five to a controller: `/resource7`, `/resource7/:id`. */
export interface ApiShape {
  readonly routes: number;
  /** One for each share of the controllers, in turn: `@Cors` stands on the controller. None: no decorators. */
  readonly policies?: readonly CorsPolicyOptions[] | undefined;
}

@Module({})
export class ApiModule {
  static of({ routes, policies = [] }: ApiShape, imports: readonly DynamicModule[] = []): DynamicModule {
    const controllers = Array.from({ length: routes / ROUTES_EACH }, (_, index) => {
      const controller = resourceController(`resource${index}`);
      const policy = policies[index % policies.length];
      if (policy !== undefined) {
        Cors(policy)(controller);
      }
      return controller;
    });
    return { module: ApiModule, imports: [...imports], controllers: [...controllers, lockedController(policies[0])] };
  }
}

function resourceController(path: string): Type {
  @Controller(path)
  class ResourceController {
    @Get() list() {
      return { items: [path] };
    }
    @Post() create(@Body() body: unknown) {
      return body;
    }
    @Get(':id') read(@Param('id') id: string) {
      return { id };
    }
    @Patch(':id') update(@Param('id') id: string) {
      return { id };
    }
    @Delete(':id') remove(@Param('id') id: string) {
      return { id };
    }
  }
  return ResourceController;
}

/** Behind a guard that lets nobody through. */
function lockedController(policy: CorsPolicyOptions | undefined): Type {
  @Controller('locked')
  @UseGuards(Locked)
  class LockedController {
    @Get() read() {
      return {};
    }
  }
  if (policy !== undefined) {
    Cors(policy)(LockedController);
  }
  return LockedController;
}
