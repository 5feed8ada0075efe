// A program of someone who installed the package. It is compiled as an ES module and as CommonJS, by every kind of module
// resolution there is.
import 'reflect-metadata';
import { Controller, Get, Injectable, Module, Put, type INestApplication } from '@nestjs/common';
import { Cors, CorsConfigError, CorsModule, CorsService, originList, type CorsOriginResolver } from 'nestjs-cors';
import { pageAt } from 'nestjs-cors/testing';

@Injectable()
class Partners implements CorsOriginResolver {
  allowsOrigin(origin: string): boolean {
    return origin === 'https://partner.example';
  }
}

@Controller('cats')
@Cors({ exposedHeaders: ['X-Total'] })
class CatsController {
  // Injected by its type: the metadata must name the class of this very copy of the package.
  constructor(private readonly cors: CorsService) {}

  @Get()
  count(): number {
    return this.cors.routes().length;
  }

  @Cors({ origin: { resolver: Partners }, maxAge: 60 })
  @Put(':id')
  update(): string {
    return 'updated';
  }
}

@Module({
  imports: [CorsModule.forRoot({ origin: originList('https://app.example.com, https://admin.example.com') })],
  controllers: [CatsController],
  providers: [Partners],
})
export class AppModule {}

const SHOWN = ['vary', 'content-length'];

async function preflight(url: string, origin: string, method: string): Promise<unknown> {
  return seen(`${url}/cats/1`, {
    method: 'OPTIONS',
    headers: { Origin: origin, 'Access-Control-Request-Method': method },
  });
}

async function seen(url: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(url, init);
  const headers = [...response.headers].filter(([name]) => name.startsWith('access-control-') || SHOWN.includes(name));
  return { status: response.status, headers: Object.fromEntries(headers) };
}

/** Prints one line of JSON for the test to read. */
export async function report(app: INestApplication): Promise<void> {
  await app.listen(0, '127.0.0.1');
  try {
    const url = await app.getUrl();
    const page = await pageAt('https://app.example.com').fetch(app, '/cats');
    const report = {
      allowed: await preflight(url, 'https://partner.example', 'PUT'),
      refused: await preflight(url, 'https://app.example.com', 'PUT'),
      get: await seen(`${url}/cats`, { headers: { Origin: 'https://app.example.com' } }),
      page: page.status,
      error: new CorsConfigError([]) instanceof Error,
    };
    console.log(JSON.stringify(report));
  } finally {
    await app.close();
  }
}
