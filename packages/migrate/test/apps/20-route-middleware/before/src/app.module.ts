import { MiddlewareConsumer, Module, NestModule } from '@nestjs/common';
import cors from 'cors';
import { AppController } from './app.controller';
import { OrdersController } from './orders.controller';

@Module({
  controllers: [AppController, OrdersController],
})
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer) {
    consumer
      .apply(cors({ origin: 'https://partner.example.com' }))
      .forRoutes(OrdersController);
  }
}
