import { NestFactory } from '@nestjs/core';
import {
  FastifyAdapter,
  NestFastifyApplication,
} from '@nestjs/platform-fastify';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule,
    new FastifyAdapter(),
    {
      bufferLogs: true,
      cors: {
        origin: 'https://app.example.com',
        allowedHeaders: 'Content-Type, Authorization',
        maxAge: 604800,
      },
    },
  );
  await app.listen(3000, '0.0.0.0');
}
bootstrap();
