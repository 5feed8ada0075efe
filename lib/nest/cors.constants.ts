/**
 * Tokens are `Symbol.for(…)`, so that two loaded copies of this package (an ES module and a
 * CommonJS one, for example) understand each other.
 */

/**
 * The injection token of the module's options. A test replaces them as a whole.
 *
 * ```ts
 * Test.createTestingModule({ imports: [AppModule] }).overrideProvider(CORS_OPTIONS).useValue({ origin: 'https://app.test' })
 * ```
 */
export const CORS_OPTIONS: symbol = Symbol.for('nestjs-cors:options');

/** Marks the module class, whichever copy of the package it comes from. */
export const CORS_MODULE_MARK: symbol = Symbol.for('nestjs-cors:module');

/**
 * Under this token the application answers `pageAt()` and `policyTable()` of `nestjs-cors/testing`, which has no class of this
 * entry to ask for.
 */
export const CORS_REPORT: symbol = Symbol.for('nestjs-cors:report');

/**
 * The injection token of a {@link CorsBus}, where it is a provider: the same as the option `bus` of `forRoot()`.
 *
 * ```ts
 * { provide: CORS_BUS, inject: [Redis], useFactory: (redis: Redis) => new RedisCorsBus({ … }) }
 * ```
 */
export const CORS_BUS: symbol = Symbol.for('nestjs-cors:bus');
