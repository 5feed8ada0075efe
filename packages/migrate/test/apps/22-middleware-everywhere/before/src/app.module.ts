import {
  MiddlewareConsumer,
  Module,
  NestModule,
  RequestMethod,
} from '@nestjs/common';
import createCors from 'cors';
import { AppController } from './app.controller';
import { LoggerMiddleware } from './logger.middleware';

@Module({
  controllers: [AppController],
})
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer) {
    consumer.apply(createCors(), LoggerMiddleware).forRoutes('*');
    consumer.apply(LoggerMiddleware).forRoutes({ path: 'x', method: RequestMethod.ALL });
  }
}
