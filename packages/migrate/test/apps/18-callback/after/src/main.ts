import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

const whitelist = ['https://a.example.com', 'https://b.example.com'];

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  // nestjs-cors-migrate: the origin is a function with a callback. Write it as (origin) => boolean,
  //   or a promise of one; it is not called for requests without an Origin, and false refuses,
  //   where an error was passed. To do so, move the options to CorsModule.forRoot({ origin: … })
  //   and delete this call.
  app.enableCors({
    origin: (origin, callback) => {
      if (!origin || whitelist.includes(origin)) {
        callback(null, true);
      } else {
        callback(new Error('Not allowed by CORS'));
      }
    },
    credentials: true,
  });
  await app.listen(3000);
}
bootstrap();
