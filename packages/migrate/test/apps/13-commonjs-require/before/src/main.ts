import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
const helmet = require('helmet');
const cors = require('cors');

const corsOptions = {
  origin: 'https://app.example.com',
  optionsSuccessStatus: 200,
};

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.use(helmet());
  app.use(cors(corsOptions));
  await app.listen(3000);
}
bootstrap();
