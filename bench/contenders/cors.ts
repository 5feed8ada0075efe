import cors from 'cors';

import { HEADERS, MAX_AGE, METHODS } from '../apps/policies.js';
import type { Middleware } from './middleware.js';

/** `cors` of Express, which is what `enableCors` installs there. */
export function corsPackage(origins: readonly string[]): Middleware {
  const middleware = cors({
    origin: [...origins],
    credentials: true,
    methods: [...METHODS],
    allowedHeaders: [...HEADERS],
    maxAge: MAX_AGE,
  });
  // Its types ask for less of a request than Node's has, and for more of `next`.
  return middleware;
}
