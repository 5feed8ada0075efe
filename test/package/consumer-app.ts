/** The program in `test/package/consumers`: what it needs, how it is compiled, and what it prints. */

export const PEERS = ['@nestjs/common', '@nestjs/core', 'reflect-metadata', 'rxjs'];
export const FOR_COMPILING = ['@types/node', '@types/express'];

/** As in a new Nest project, and `skipLibCheck` off is tested on its own. */
export const COMPILER = {
  target: 'es2022',
  strict: true,
  exactOptionalPropertyTypes: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  skipLibCheck: true,
  types: ['node'],
};

export const SEEN = {
  allowed: {
    status: 204,
    headers: {
      'access-control-allow-methods': 'PUT',
      'access-control-allow-origin': 'https://partner.example',
      'access-control-max-age': '60',
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    },
  },
  refused: {
    status: 403,
    headers: {
      'content-length': '0',
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    },
  },
  get: {
    status: 200,
    headers: {
      'access-control-allow-origin': 'https://app.example.com',
      'access-control-expose-headers': 'X-Total',
      'content-length': '1',
      vary: 'Origin',
    },
  },
  page: 200,
  error: true,
};
