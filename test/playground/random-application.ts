/** Applications and questions at random: as code, for the playground, and as real Nest modules. */
import {
  All,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Module,
  Options,
  Patch,
  Post,
  Put,
  UnauthorizedException,
  type Type,
} from '@nestjs/common';
import fc from 'fast-check';
import { Cors, CorsModule, type CorsPolicyOptions } from 'nestjs-cors';

const DECORATORS = { Get, Post, Put, Patch, Delete, Options, All } as const;

interface Handler {
  readonly kind: keyof typeof DECORATORS;
  readonly path: string | undefined;
  readonly cors: readonly unknown[];
  readonly status: number | undefined;
  readonly header: readonly [string, string] | undefined;
  readonly throws: boolean;
}

export interface RandomApplication {
  readonly root: object;
  readonly controllers: readonly {
    readonly path: string | undefined;
    readonly cors: readonly unknown[];
    readonly handlers: readonly Handler[];
  }[];
}

export const PAGES = [
  'https://a.example',
  'https://b.a.example',
  'http://a.example',
  'https://stranger.example',
  'http://localhost:5173',
  'null',
];

const NAMES = ['X-A', 'X-B', 'Authorization', 'Content-Type', 'ETag'];

const originItem = fc.constantFrom<unknown>(
  'https://a.example',
  'https://b.a.example',
  'http://a.example',
  'http://localhost:5173',
  'https://*.a.example',
  'http://localhost:*',
  /https:\/\/[a-z]+\.a\.example/,
  'null',
);
/** What is refused at start, and how it is usually written. */
const mistaken = fc.constantFrom<unknown>(
  'https://a.example/',
  'https://a.example, https://b.example',
  'A.example',
  true,
  /a.example/,
  7,
);

const policyOptions = (mistakes: boolean): fc.Arbitrary<object> =>
  fc.record(
    {
      origin: fc.oneof(
        { weight: 4, arbitrary: fc.array(originItem, { minLength: 1, maxLength: 3 }) },
        { weight: 2, arbitrary: originItem },
        { weight: 2, arbitrary: fc.constant('*') },
        { weight: 1, arbitrary: fc.constant(false) },
        { weight: mistakes ? 2 : 0, arbitrary: mistaken },
      ),
      credentials: fc.boolean(),
      methods: fc.oneof(fc.constantFrom('auto', '*'), fc.subarray(['GET', 'PUT', 'DELETE', 'PATCH'])),
      allowedHeaders: fc.oneof(
        fc.constant('*'),
        fc.subarray(NAMES),
        fc.subarray(NAMES).map((add) => ({ add })),
      ),
      exposedHeaders: fc.subarray(['ETag', 'X-A']),
      maxAge: fc.constantFrom(5, 600),
      optionsSuccessStatus: fc.constantFrom(200, 204),
      preflightContinue: fc.constantFrom(false, false, false, true),
      enforce: fc.boolean(),
      dangerouslyAllow: fc.constant([
        'null-origin',
        'insecure-origin-with-credentials',
        'regexp-too-wide',
        'public-suffix',
        'regexp-dot',
      ]),
    },
    { requiredKeys: ['dangerouslyAllow'] },
  );

const values = (mistakes: boolean): fc.Arbitrary<readonly unknown[]> =>
  fc.array(
    fc.oneof(
      { weight: 6, arbitrary: policyOptions(mistakes) },
      { weight: 1, arbitrary: fc.constantFrom(false, 'partners') },
    ),
    {
      maxLength: 2,
    },
  );

export const randomApplication = (mistakes: boolean): fc.Arbitrary<RandomApplication> =>
  fc.record({
    root: fc
      .tuple(policyOptions(mistakes), policyOptions(false), fc.boolean(), fc.boolean())
      .map(([own, partners, debug, path]) => ({
        ...own,
        policies: { partners: { origin: 'https://a.example', ...partners } },
        ...(debug && { debug }),
        ...(path && { paths: [{ path: '/elsewhere{/*rest}', policy: { origin: '*', credentials: false } }] }),
      })),
    controllers: fc.array(
      fc.record({
        path: fc.constantFrom(undefined, '/', 'cats', '/dogs/'),
        cors: values(mistakes),
        handlers: fc.array(
          fc.record({
            kind: fc.constantFrom(...(Object.keys(DECORATORS) as (keyof typeof DECORATORS)[])),
            path: fc.constantFrom(undefined, ':id', 'all', '/all/:id'),
            cors: values(mistakes),
            status: fc.constantFrom(undefined, undefined, 202),
            header: fc.constantFrom(undefined, ['Vary', 'Accept-Language'], ['ETag', '"7"'], [
              'Access-Control-Allow-Origin',
              '*',
            ] as const),
            throws: fc.constantFrom(false, false, true),
          }),
          { maxLength: 3 },
        ),
      }),
      { maxLength: 2 },
    ),
  });

/** @param isExpress - also paths that Fastify reads differently, and a body that it refuses: JSON of nothing. */
export const randomQuestion = (isExpress: boolean) =>
  fc.record({
    origin: fc.constantFrom(...PAGES),
    url: fc
      .tuple(
        fc.constantFrom('https://api.example.com', 'https://a.example', 'http://localhost:3000'),
        fc.constantFrom(
          '/',
          '/cats',
          '/cats/1',
          '/cats/all',
          '/cats/all/2',
          '/dogs',
          '/dogs/1',
          '/1',
          '/elsewhere/x',
          '/none',
          ...(isExpress ? ['/CATS/', '/cats/all/'] : []),
        ),
      )
      .map(([host, path]) => host + path),
    init: fc.record(
      {
        method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'patch', 'HEAD', 'OPTIONS'),
        headers: fc.dictionary(
          fc.constantFrom('X-A', 'X-C', 'Authorization', 'Accept', ...(isExpress ? ['Content-Type'] : [])),
          fc.constantFrom('application/json', '7', 'text/plain'),
          { maxKeys: 3 },
        ),
        credentials: fc.constantFrom('omit', 'same-origin', 'include'),
        mode: fc.constantFrom('cors', 'cors', 'cors', 'no-cors', 'same-origin'),
      },
      { requiredKeys: [] },
    ),
  });

/** The first handler alone. */
export function withOneHandler({ root, controllers: [first] }: RandomApplication): RandomApplication {
  return { root, controllers: first === undefined ? [] : [{ ...first, handlers: first.handlers.slice(0, 1) }] };
}

/** As people write it. */
export function codeOf({ root, controllers }: RandomApplication): string {
  const classes = controllers.map(({ path, cors, handlers }, index) => {
    const members = handlers.map(({ kind, path: own, cors: ofHandler, status, header, throws }, position) =>
      [
        `  @${kind}(${own === undefined ? '' : code(own)})`,
        ...(status === undefined ? [] : [`  @HttpCode(${status})`]),
        ...(header === undefined ? [] : [`  @Header(${header.map(code).join(', ')})`]),
        ...ofHandler.toReversed().map((value) => `  @Cors(${code(value)})`),
        `  h${position}() { ${throws ? 'throw new UnauthorizedException();' : "return '';"} }`,
      ].join('\n'),
    );
    return [
      ...cors.toReversed().map((value) => `@Cors(${code(value)})`),
      `@Controller(${path === undefined ? '' : code(path)})`,
      `export class C${index} {\n${members.join('\n\n')}\n}`,
    ].join('\n');
  });
  return [`CorsModule.forRoot(${code(root)})`, ...classes].join('\n\n');
}

function code(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(code).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null && !(value instanceof RegExp)) {
    return `{ ${Object.entries(value)
      .map(([key, each]) => `${key}: ${code(each)}`)
      .join(', ')} }`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** The same as a Nest module. */
export function moduleOf({ root, controllers }: RandomApplication): Type {
  const classes = controllers.map(({ path, cors, handlers }, index) => {
    const name = `C${index}`;
    const made: Type = { [name]: class {} }[name] as Type;
    handlers.forEach(({ kind, path: own, cors: ofHandler, status, header, throws }, position) => {
      const handler = throws
        ? () => {
            throw new UnauthorizedException();
          }
        : () => '';
      const key = `h${position}`;
      Object.defineProperty(made.prototype, key, { value: handler, configurable: true, writable: true });
      const descriptor = Object.getOwnPropertyDescriptor(made.prototype, key) as PropertyDescriptor;
      const decorators = [
        ...ofHandler.map((value) => Cors(value as CorsPolicyOptions)),
        ...(header === undefined ? [] : [Header(...header)]),
        ...(status === undefined ? [] : [HttpCode(status)]),
        DECORATORS[kind](own),
      ];
      decorators.forEach((decorate) => decorate(made.prototype as object, key, descriptor));
    });
    Controller(path as string)(made);
    cors.forEach((value) => Cors(value as CorsPolicyOptions)(made));
    return made;
  });
  class AppModule {}
  Module({ imports: [CorsModule.forRoot(root)], controllers: classes })(AppModule);
  return AppModule;
}
