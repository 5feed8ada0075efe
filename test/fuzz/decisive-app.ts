import { All, Controller, Delete, Get, Patch, Post, Put, Version, VersioningType } from '@nestjs/common';
import { Cors, CorsService, type CorsModuleOptions } from 'nestjs-cors';

import { rootModule, startApp, type RunningApp } from '../support/running-app.js';
import type { Way } from '../support/ways.js';

/** The names of the policies that an update replaces. Decorators stay as they are. */
export const NAMES = ['one', 'two', 'three'] as const;

@Controller('one')
@Cors('one')
class OneController {
  @Get() get(): string {
    return 'one';
  }

  @Put() put(): string {
    return 'one';
  }

  @Cors('two') @Post() post(): string {
    return 'two';
  }

  @Cors(false) @Delete() delete(): string {
    return 'closed';
  }
}

@Controller('root/:id')
class RootController {
  @Get() get(): string {
    return 'root';
  }

  @Cors({ use: 'three', maxAge: 7 }) @Patch() patch(): string {
    return 'three';
  }

  @Cors({ allowedHeaders: { add: 'X-Added' } }) @Put() put(): string {
    return 'root';
  }

  @Cors('two') @Get('deep/:more') rest(): string {
    return 'two';
  }
}

@Controller('all')
@Cors('two')
class AllController {
  @All() all(): string {
    return 'two';
  }
}

@Controller('versioned')
class VersionedController {
  @Version('1') @Cors('one') @Get() one(): string {
    return 'one';
  }

  @Version('2') @Cors('three') @Get() three(): string {
    return 'three';
  }

  @Version(['1', '2']) @Cors('two') @Put() two(): string {
    return 'two';
  }
}

/** Where each of these is served: its policy is named, or forRoot's, or it depends on a version header. */
export const PATHS = ['/one', '/root/1', '/root/1/deep/er', '/all', '/versioned', '/files/a.txt', '/nowhere'] as const;

/** The policy of an ordinary request, where it is a simple matter; undefined elsewhere. */
export function policyNameOf(method: string, path: string): (typeof NAMES)[number] | 'root' | undefined {
  switch (`${method} ${path}`) {
    case 'GET /one':
    case 'PUT /one':
      return 'one';
    case 'GET /root/1':
    case 'PUT /root/1':
    case 'GET /nowhere':
      return 'root';
    case 'PATCH /root/1':
      return 'three';
    case 'POST /one':
    case 'GET /root/1/deep/er':
    case 'GET /all':
    case 'DELETE /all':
      return 'two';
    default:
      return undefined;
  }
}

/** An application whose policies are replaced again and again. */
export interface DecisiveApp {
  readonly running: RunningApp;
  readonly update: (options: CorsModuleOptions) => Promise<void>;
}

export async function startDecisiveApp(way: Way): Promise<DecisiveApp> {
  const policies = Object.fromEntries(NAMES.map((name) => [name, { origin: false }] as const));
  const controllers = [OneController, RootController, AllController, VersionedController];
  const running = await startApp(way, rootModule({ controllers }, { origin: false, policies }), {
    configure: (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' }),
  });
  const cors = running.nest.get(CorsService);
  return { running, update: async (options) => cors.update(options) };
}
