import { Controller, Get, Injectable, Module } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';

import { CorsModule, CorsOriginStore, type CorsBus, type CorsOriginQuestion } from '../../lib/index.js';
import { ALLOWED, POLICY } from './policies.js';

const HOUR = 3_600_000;

/** Twenty for each tenant, of which one is everybody's. */
export function originsOf(tenant: string): readonly string[] {
  const own = Array.from({ length: 19 }, (_, index) => `https://app${index}.${tenant}.example.com`);
  return [...own, ALLOWED];
}

/** Lists that are never too old. */
@Injectable()
export class TenantOrigins extends CorsOriginStore {
  constructor() {
    super({ ttl: HOUR, max: 20_000 });
  }

  keyOf({ params }: CorsOriginQuestion): string | readonly string[] | undefined {
    return params['tenant'];
  }

  async load(tenant: string): Promise<readonly string[]> {
    await Promise.resolve();
    return originsOf(tenant);
  }
}

@Controller('tenants')
class TenantsController {
  @Get(':tenant/data')
  data(): string {
    return 'ok';
  }
}

/** The same policy for everyone, or a list for each tenant; listens nowhere. */
export async function startTenants(way: 'static' | 'store', bus?: CorsBus): Promise<INestApplication> {
  const origin = way === 'static' ? [...originsOf('t0')] : { resolver: TenantOrigins };

  @Module({
    imports: [CorsModule.forRoot({ ...POLICY, origin, bus })],
    controllers: [TenantsController],
    providers: [TenantOrigins],
  })
  class TenantsModule {}

  const app: INestApplication = await NestFactory.create(TenantsModule, new ExpressAdapter(), { logger: ['error'] });
  return app.init();
}
