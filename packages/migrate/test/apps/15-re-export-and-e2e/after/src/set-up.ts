import { INestApplication, ValidationPipe } from '@nestjs/common';

export function setUp(app: INestApplication) {
  app.setGlobalPrefix('api');
  app.useGlobalPipes(new ValidationPipe());
}
