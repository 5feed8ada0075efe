import { Controller, Get } from '@nestjs/common';

@Controller()
export class ApiController {
  @Get()
  hello(): string {
    return 'Hello World!';
  }
}
