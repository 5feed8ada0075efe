import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { CorsModule } from 'nestjs-cors';
import type { CorsConfig } from './config/configuration';
import { AppController } from './app.controller';
import configuration from './config/configuration';

@Module({
  imports: [
    ConfigModule.forRoot({
      isGlobal: true,
      load: [configuration],
    }),
    CorsModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (configService: ConfigService) => ({
        origin: configService.get<CorsConfig>('cors')?.origin,
        credentials: configService.get<boolean>('cors.credentials'),
        maxAge: 600,
      }),
    }),
  ],
  controllers: [AppController],
})
export class AppModule {}
