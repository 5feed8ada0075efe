import { Controller, Get, Module } from '@nestjs/common';

@Controller()
class AdminController {
  @Get()
  hello(): string {
    return 'Hello admin!';
  }
}

@Module({ controllers: [AdminController] })
export class AdminModule {}
