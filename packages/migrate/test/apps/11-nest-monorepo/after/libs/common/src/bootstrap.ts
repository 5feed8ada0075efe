import { type INestApplication, ValidationPipe } from '@nestjs/common';

export function useDefaults(app: INestApplication): INestApplication {
  return app.useGlobalPipes(new ValidationPipe());
}
