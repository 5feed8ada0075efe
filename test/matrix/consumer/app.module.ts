// An application of someone who installed the package, with one controller for each thing that may differ between versions.
import 'reflect-metadata';
import {
  All,
  Body,
  Controller,
  Delete,
  Get,
  Header,
  Injectable,
  Module,
  Post,
  Put,
  Sse,
  UnauthorizedException,
  UseGuards,
  Version,
  VersioningType,
  type INestApplication,
  type MessageEvent,
} from '@nestjs/common';
import {
  Cors,
  CorsModule,
  CorsService,
  originList,
  type CorsModuleOptions,
  type CorsOriginResolver,
} from 'nestjs-cors';
import { of, type Observable } from 'rxjs';

export const APP = 'https://app.example.com';
export const ADMIN = 'https://admin.example.com';
export const STRANGER = 'https://stranger.example';

@Injectable()
class Tenants implements CorsOriginResolver {
  async allowsOrigin(origin: string): Promise<boolean> {
    return Promise.resolve(origin === 'https://tenant.example');
  }
}

const deny = {
  canActivate(): boolean {
    throw new UnauthorizedException();
  },
};

@Controller('cats')
class CatsController {
  // Injected by its type: the metadata must name the class of this very copy of the package.
  constructor(private readonly cors: CorsService) {}

  @Get() count(): string {
    return String(this.cors.routes().length);
  }

  @Post() create(@Body() cat: { readonly name?: string }): string {
    return cat.name ?? '';
  }

  @Get('guarded') @UseGuards(deny) guarded(): string {
    return 'never';
  }

  @Sse('events') events(): Observable<MessageEvent> {
    return of({ data: 'purr' });
  }

  @Get(':id') one(): string {
    return 'one';
  }

  @Cors({ maxAge: 60, allowedHeaders: ['X-Trace'] })
  @Put(':id')
  update(): string {
    return 'updated';
  }

  @Cors(false) @Delete(':id') remove(): string {
    return 'removed';
  }
}

@Controller('partners')
@Cors('partners')
class PartnersController {
  @Get() list(): string {
    return 'partners';
  }

  @Cors({ use: 'partners', maxAge: 5 }) @Put() replace(): string {
    return 'replaced';
  }
}

@Controller('public')
@Cors({ origin: '*', credentials: false })
class PublicController {
  @Header('Vary', 'Accept-Language') @Get() read(): string {
    return 'public';
  }

  @All('all') all(): string {
    return 'all';
  }
}

@Controller('origins')
class OriginsController {
  @Cors({
    origin: async (origin, { params }) => Promise.resolve(origin === `https://${String(params['name'])}.example`),
  })
  @Get('function/:name')
  byFunction(): string {
    return 'function';
  }

  @Cors({ origin: { resolver: Tenants } }) @Get('resolver') byResolver(): string {
    return 'resolver';
  }

  @Cors({ origin: /https:\/\/pr-\d+\.preview\.example/ }) @Get('regexp') byRegExp(): string {
    return 'regexp';
  }
}

@Controller('enforced')
@Cors({ enforce: true })
class EnforcedController {
  @Post() act(): string {
    return 'acted';
  }
}

@Controller('versioned')
class VersionedController {
  @Version('1') @Cors({ origin: 'https://v1.example' }) @Get() one(): string {
    return 'one';
  }

  @Version('2') @Cors({ origin: ['https://v1.example', 'https://v2.example'] }) @Get() two(): string {
    return 'two';
  }
}

@Controller({ path: 'hosted', host: ':tenant.tenants.example' })
@Cors({ origin: 'https://hosted.example' })
class HostedController {
  @Get() hosted(): string {
    return 'hosted';
  }
}

const OPTIONS: CorsModuleOptions = {
  origin: originList(`${APP}, ${ADMIN}`),
  credentials: true,
  exposedHeaders: ['X-Total'],
  policies: { partners: { origin: 'https://*.partner.example', credentials: false } },
  paths: [{ path: '/files{/*rest}', policy: { origin: '*', credentials: false } }],
};

@Module({
  imports: [CorsModule.forRootAsync({ useFactory: async () => Promise.resolve(OPTIONS) })],
  controllers: [
    CatsController,
    PartnersController,
    PublicController,
    OriginsController,
    EnforcedController,
    VersionedController,
    HostedController,
  ],
  providers: [Tenants],
})
export class AppModule {}

export function configure(app: INestApplication): void {
  app.setGlobalPrefix('api');
  app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' });
}

@Controller('mistaken')
@Cors('partnes')
class MistakenController {
  @Cors({ origin: 'http://Example.com:80' }) @Get() read(): string {
    return 'never';
  }
}

/** Two mistakes, in two layers. */
@Module({
  imports: [CorsModule.forRoot({ policies: { partners: { origin: APP } } })],
  controllers: [MistakenController],
})
export class MistakenModule {}
