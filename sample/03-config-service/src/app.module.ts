import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { CorsModule, originList } from 'nestjs-cors';
import { ResourcesController } from './resources.controller.js';

@Module({
  imports: [
    ConfigModule.forRoot(),
    CorsModule.forRootAsync({
      imports: [ConfigModule],
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        origin: originList(config.get('CORS_ORIGINS')),
        policies: {
          public: { origin: '*' },
          pingback: {
            allowedHeaders: ['X-PINGOTHER', 'Content-Type'],
            maxAge: Number(config.get('CORS_MAX_AGE') ?? 86400),
          },
          members: {
            origin: originList(config.get('CORS_MEMBER_ORIGINS'), { optional: true }),
            credentials: true,
          },
        },
      }),
    }),
  ],
  controllers: [ResourcesController],
})
export class AppModule {}
