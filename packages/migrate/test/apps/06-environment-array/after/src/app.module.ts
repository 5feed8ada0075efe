import { Module } from '@nestjs/common';
import { CorsModule, originList } from 'nestjs-cors';
import { AppController } from './app.controller';

@Module({
  imports: [
    CorsModule.forRootAsync({
      useFactory: () => ({
        origin: originList(process.env.ALLOWED_ORIGINS),
        credentials: true,
      }),
    }),
  ],
  controllers: [AppController],
})
export class AppModule {}
