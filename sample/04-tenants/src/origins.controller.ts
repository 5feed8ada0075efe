import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Query,
} from '@nestjs/common';
import { checkOrigin, type CorsOriginIssue } from 'nestjs-cors';
import { TenantOrigins } from './tenant-origins.js';
import { type Tenant, TenantsRepository } from './tenants.repository.js';

/**
 * Where tenants enter the origins of their pages. The policy is that of the application, which names one page. An application
 * asks who is there besides: CORS keeps other pages from reading and from sending JSON, and nobody else from anything.
 */
@Controller('admin')
export class OriginsController {
  constructor(
    private readonly tenants: TenantsRepository,
    private readonly origins: TenantOrigins,
  ) {}

  @Get('tenants')
  list(): Promise<Tenant[]> {
    return this.tenants.all();
  }

  /** What is wrong with an origin, while it is typed. */
  @Get('advice')
  advice(@Query('origin') origin: string): readonly CorsOriginIssue[] {
    return checkOrigin(origin);
  }

  @Post('tenants/:tenant/origins')
  @HttpCode(204)
  async add(@Param('tenant') tenant: string, @Body() body: { origin: string } | undefined): Promise<void> {
    const origin = body?.origin ?? '';
    // Whatever was sent: what is no string has an issue, too.
    const [issue] = checkOrigin(origin);
    if (issue) {
      throw new BadRequestException(issue.message);
    }
    if (!(await this.tenants.addOrigin(tenant, origin))) {
      throw new NotFoundException('There is no such tenant');
    }
    await this.origins.changed(tenant);
  }

  @Delete('tenants/:tenant/origins/:origin')
  @HttpCode(204)
  async remove(@Param('tenant') tenant: string, @Param('origin') origin: string): Promise<void> {
    await this.tenants.removeOrigin(tenant, origin);
    await this.origins.changed(tenant);
  }
}
