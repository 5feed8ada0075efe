import {
  MiddlewareConsumer,
  Module,
  NestModule,
  RequestMethod,
} from '@nestjs/common';
import { CorsModule } from 'nestjs-cors';
import { AppController } from './app.controller';
import { LoggerMiddleware } from './logger.middleware';

@Module({
  imports: [CorsModule.forRoot({ origin: '*' })],
  controllers: [AppController],
})
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer) {
    consumer.apply(LoggerMiddleware).forRoutes('*');
    consumer.apply(LoggerMiddleware).forRoutes({ path: 'x', method: RequestMethod.ALL });
  }
}
