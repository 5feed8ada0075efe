import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);

  // CORS: the two front ends
  app.enableCors({
    // the shop, and the back office
    origin: ['https://shop.example.com', 'https://office.example.com'],
    methods: 'GET,HEAD,PUT,PATCH,POST,DELETE',
    preflightContinue: false,
    optionsSuccessStatus: 204,
    credentials: true, // session cookie
  });

  app.enableShutdownHooks();
  await app.listen(3000);
}
void bootstrap();
