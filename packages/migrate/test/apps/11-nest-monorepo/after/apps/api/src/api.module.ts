import { Module } from '@nestjs/common';
import { CorsModule } from 'nestjs-cors';
import { TRUSTED_ORIGINS } from '@app/common';
import { ApiController } from './api.controller';

@Module({
  imports: [CorsModule.forRoot({ origin: TRUSTED_ORIGINS, credentials: true })],
  controllers: [ApiController],
})
export class ApiModule {}
