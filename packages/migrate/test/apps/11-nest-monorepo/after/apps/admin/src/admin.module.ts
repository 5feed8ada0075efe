import { Controller, Get, Module } from '@nestjs/common';
import { CorsModule } from 'nestjs-cors';

@Controller()
class AdminController {
  @Get()
  hello(): string {
    return 'Hello admin!';
  }
}

@Module({
  imports: [
    CorsModule.forRoot({
      origin: 'https://admin.example.com',
      methods: ['GET', 'POST'],
    }),
  ],
  controllers: [AdminController],
})
export class AdminModule {}
