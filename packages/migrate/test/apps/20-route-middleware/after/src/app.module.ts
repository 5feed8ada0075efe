import { Module } from '@nestjs/common';
import { CorsModule } from 'nestjs-cors';
import { AppController } from './app.controller';
import { OrdersController } from './orders.controller';

@Module({
  imports: [CorsModule.forRoot()],
  controllers: [AppController, OrdersController],
})
export class AppModule {}
