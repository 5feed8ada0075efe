import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { CorsModule } from 'nestjs-cors';
import { corsConfig } from './cors.config.js';
import { ResourcesController } from './resources.controller.js';

/** What `AppModule` does, for those who keep their configuration in namespaces. */
@Module({
  imports: [ConfigModule.forRoot(), CorsModule.forRootAsync(corsConfig.asProvider())],
  controllers: [ResourcesController],
})
export class NamespacedModule {}
