import { Controller, Get } from '@nestjs/common';
import { Cors } from 'nestjs-cors';

@Controller('orders')
@Cors({ origin: 'https://partner.example.com' })
export class OrdersController {
  @Get()
  list(): string[] {
    return [];
  }
}
