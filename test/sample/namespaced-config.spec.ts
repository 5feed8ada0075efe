/** The module of the third sample that no `main.ts` starts. */
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CorsConfigError } from 'nestjs-cors';
import { NamespacedModule } from '../../sample/03-config-service/src/namespaced.module.js';
import { exchange } from './exchange.js';

const PAGE = 'https://page.example';
const VARIABLES = ['CORS_ORIGINS', 'CORS_MEMBER_ORIGINS', 'CORS_MAX_AGE'] as const;

describe('policies from a namespace of the configuration', () => {
  let app: INestApplication;

  beforeEach(() => {
    for (const variable of VARIABLES) {
      delete process.env[variable];
    }
  });

  afterEach(async () => {
    for (const variable of VARIABLES) {
      delete process.env[variable];
    }
    await app.close();
  });

  async function create(environment: Readonly<Record<string, string>>): Promise<void> {
    Object.assign(process.env, environment);
    app = await NestFactory.create(NamespacedModule, { logger: false });
  }

  it('are those of the environment', async () => {
    await create({ CORS_ORIGINS: `${PAGE}, https://other.example`, CORS_MAX_AGE: '600' });
    await app.listen(0, 'localhost');
    const url = await app.getUrl();

    const preflight = await exchange(url, {
      method: 'OPTIONS',
      path: '/resources/post-here/',
      headers: {
        Origin: PAGE,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type,x-pingother',
      },
    });
    expect(preflight.cors).toMatchObject({ 'access-control-allow-origin': PAGE, 'access-control-max-age': '600' });

    // No member origins are set, and the list is optional: nobody.
    const members = await exchange(url, {
      method: 'GET',
      path: '/resources/credentialed-content/',
      headers: { Origin: PAGE },
    });
    expect(members.cors).not.toHaveProperty('access-control-allow-origin');
  });

  it('stop the start, not the creation, when a variable is missing or makes no sense', async () => {
    await create({ CORS_MAX_AGE: 'a day' });
    const failure: unknown = await app.init().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CorsConfigError);
    expect((failure as CorsConfigError).issues.map(({ code }) => code).toSorted()).toEqual([
      'max-age',
      'origin-undefined',
    ]);
  });
});
