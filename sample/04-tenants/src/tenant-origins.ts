import { Injectable } from '@nestjs/common';
import { CorsOriginStore, type CorsOriginQuestion } from 'nestjs-cors';
import { TenantsRepository } from './tenants.repository.js';

/** The origins of each tenant, as its table has them. */
@Injectable()
export class TenantOrigins extends CorsOriginStore {
  constructor(private readonly tenants: TenantsRepository) {
    super({
      ttl: Number(process.env['ORIGINS_TTL'] ?? 60_000),
      staleFor: Number(process.env['ORIGINS_STALE_FOR'] ?? 3_600_000),
    });
  }

  /** A preflight has neither cookies nor a header that names the tenant: the URL does. */
  keyOf({ params }: CorsOriginQuestion): string | readonly string[] | undefined {
    return params['tenant'];
  }

  load(tenant: string): Promise<readonly string[] | undefined> {
    return this.tenants.originsOf(tenant);
  }
}
