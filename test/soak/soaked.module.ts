import 'reflect-metadata';
import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  Module,
  Post,
  Put,
  Sse,
  StreamableFile,
  UnauthorizedException,
  UseGuards,
  Version,
  type MessageEvent,
} from '@nestjs/common';
import { Cors, CorsModule, type CorsModuleOptions } from 'nestjs-cors';
import { Readable } from 'node:stream';
import { from, type Observable } from 'rxjs';

const deny = {
  canActivate(): boolean {
    throw new UnauthorizedException();
  },
};

@Controller('cats')
class CatsController {
  @Post() create(@Body() body: { readonly name?: string }): string {
    return String(body.name);
  }

  @Get(':id') one(): string {
    return 'one';
  }

  @Put(':id') update(): object {
    return { updated: true };
  }

  @Cors(false) @Delete(':id') remove(): string {
    return 'removed';
  }
}

@Controller('public')
@Cors({ origin: '*', credentials: false, allowedHeaders: '*', exposedHeaders: [] })
class PublicController {
  @Header('Vary', 'Accept-Language') @Get() read(): string {
    return 'public';
  }

  @Put() write(): string {
    return 'written';
  }
}

@Controller('tenants/:name')
@Cors({
  origin: async (origin, { params }) => {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    return origin === `https://${String(params['name'])}.tenant.example`;
  },
})
class TenantsController {
  @Get() read(): string {
    return 'tenant';
  }

  @Delete() remove(): string {
    return 'removed';
  }
}

@Controller('enforced')
@Cors({ enforce: true })
class EnforcedController {
  @Post() act(): string {
    return 'acted';
  }
}

@Controller('answers')
class AnswersController {
  @UseGuards(deny) @Get('guarded') guarded(): string {
    return 'never';
  }

  @Get('crash') crash(): string {
    throw new Error('crash');
  }

  @Sse('events') events(): Observable<MessageEvent> {
    return from([{ data: 'one' }, { data: 'two' }]);
  }

  @Get('stream') stream(): StreamableFile {
    return new StreamableFile(Readable.from([Buffer.from('one'), Buffer.from('two')]));
  }
}

@Controller('versioned')
class VersionedController {
  @Version('1') @Cors('everyone') @Get() one(): string {
    return 'one';
  }

  @Version('2') @Get() two(): string {
    return 'two';
  }
}

/** Made anew for every update: what an old one leaves behind would show. */
export function corsOptions(): CorsModuleOptions {
  return {
    origin: ['https://app.example.com', 'https://*.customers.example', /https:\/\/pr-\d+\.preview\.example/],
    credentials: true,
    allowedHeaders: ['X-Trace', 'Content-Type'],
    exposedHeaders: ['X-Total'],
    maxAge: 600,
    policies: { everyone: { origin: '*', credentials: false, exposedHeaders: [] } },
    paths: [{ path: '/files{/*rest}', policy: 'everyone' }],
  };
}

@Module({
  imports: [CorsModule.forRoot(corsOptions())],
  controllers: [
    CatsController,
    PublicController,
    TenantsController,
    EnforcedController,
    AnswersController,
    VersionedController,
  ],
})
export class SoakedModule {}
