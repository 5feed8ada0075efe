import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  if (process.env.NODE_ENV !== 'production') {
    // nestjs-cors-migrate: whether this runs is decided elsewhere. Decide it in the options:
    //   CorsModule.forRootAsync({ useFactory: () => ({ origin: condition && … }) }), where false
    //   allows no origin.
    app.enableCors();
  }
  await app.listen(3000);
}
bootstrap();
