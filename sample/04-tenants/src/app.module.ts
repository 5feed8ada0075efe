import { Module } from '@nestjs/common';
import { CorsModule } from 'nestjs-cors';
import { Connections } from './connections.js';
import { DataController } from './data.controller.js';
import { OriginsController } from './origins.controller.js';
import { TenantOrigins } from './tenant-origins.js';
import { TenantsRepository } from './tenants.repository.js';

@Module({ providers: [Connections], exports: [Connections] })
class ConnectionsModule {}

@Module({
  imports: [
    ConnectionsModule,
    CorsModule.forRootAsync({
      imports: [ConnectionsModule],
      inject: [Connections],
      useFactory: ({ bus }: Connections) => ({
        origin: process.env['PAGE_ORIGIN'] ?? 'http://localhost:8080',
        allowedHeaders: ['Content-Type'],
        bus,
      }),
    }),
  ],
  controllers: [DataController, OriginsController],
  providers: [TenantsRepository, TenantOrigins],
})
export class AppModule {}
