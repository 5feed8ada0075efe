import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { CorsModule, originList } from 'nestjs-cors';
import { AppController } from './app.controller';

@Module({
  imports: [
    ConfigModule.forRoot(),
    CorsModule.forRootAsync({
      imports: [ConfigModule],
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        origin: originList(config.get<string>('CORS_ORIGINS', 'http://localhost:3000')),
        credentials: true,
      }),
    }),
  ],
  controllers: [AppController],
})
export class AppModule {}
