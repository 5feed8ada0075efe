/**
 * Metadata keys and tokens are strings or `Symbol.for(…)`, so that two loaded copies of this package, an ES module and a
 * CommonJS one say, still understand each other.
 */

/** The `@Cors` values of a class or a handler, in the order in which the decorators were executed. */
export const CORS_METADATA = 'nestjs-cors:policies';

/** The names of the methods with a `@Cors`, once for each of them: whatever becomes of the functions. On the class. */
export const CORS_DECORATED_METADATA = 'nestjs-cors:decorated';

/** The names of the members with a `@Cors` that can take none: properties, accessors, static methods. On the class. */
export const CORS_MISPLACED_METADATA = 'nestjs-cors:misplaced';

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
