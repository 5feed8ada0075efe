import { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AppModule } from '../src/app.module';

describe('CORS (e2e)', () => {
  let app: INestApplication;

  beforeAll(async () => {
    const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
    app = module.createNestApplication();
    app.enableCors({ origin: ['https://a.example.com', 'https://b.example.com'] });
    await app.init();
  });

  it('starts', () => expect(app).toBeDefined());
});
