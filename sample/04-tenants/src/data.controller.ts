import { Controller, Get, Param } from '@nestjs/common';
import { Cors } from 'nestjs-cors';
import { TenantOrigins } from './tenant-origins.js';

/** What the pages of the tenants read. */
@Controller('tenants')
export class DataController {
  @Cors({ origin: { resolver: TenantOrigins }, credentials: true })
  @Get(':tenant/data')
  data(@Param('tenant') tenant: string): string {
    return `The data of ${tenant}.`;
  }
}
