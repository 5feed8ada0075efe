import { Module } from '@nestjs/common';
import { CorsModule } from 'nestjs-cors';
import { ResourcesController } from './resources.controller.js';

@Module({
  imports: [
    // The policy of every route that says nothing else: one page may read the answers.
    CorsModule.forRoot({ origin: process.env['PAGE_ORIGIN'] ?? 'http://localhost:8080' }),
  ],
  controllers: [ResourcesController],
})
export class AppModule {}
