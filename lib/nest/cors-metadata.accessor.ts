import { CORS_METADATA, CORS_MISPLACED_METADATA } from './cors.constants.js';

/** The `@Cors` values of one target as they were written: nobody has judged them yet. */
export type CorsValues = readonly unknown[];

/** The `@Cors` values of exactly this class or function, in the order of execution; undefined where it has none. */
export function readCorsValues(target: object): CorsValues | undefined {
  const values: unknown = Reflect.getOwnMetadata(CORS_METADATA, target);
  return Array.isArray(values) ? values : undefined;
}

/** The members of exactly this class that carry a `@Cors` and can take none. */
export function readMisplaced(target: object): readonly string[] {
  const names: unknown = Reflect.getOwnMetadata(CORS_MISPLACED_METADATA, target);
  return Array.isArray(names) ? names.map(String) : [];
}
