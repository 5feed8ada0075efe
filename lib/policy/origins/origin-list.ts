import { quotedValue } from '../mistakes/safe-text.js';
import { ownValue } from '../model/own-keys.js';

/**
 * The origins in a configuration value: the text of an environment variable, `'https://a.example, https://b.example'`, or the
 * list of a configuration file. Blanks are dropped.
 *
 * A missing value (`undefined`, empty, only blanks and commas) is a mistake unless it is `optional`; then it allows no
 * origin. The mistake is not thrown here, where it would end the process from within a `useFactory`: the returned list
 * has one empty origin in it, which is refused at start as `origin-undefined`, together with all other mistakes. So a
 * forgotten variable can neither widen a policy nor go unnoticed.
 *
 * @example CorsModule.forRoot({ origin: originList(process.env.CORS_ORIGINS) })
 * @example CorsModule.forRoot({ origin: ['https://app.example.com', ...originList(process.env.MORE_ORIGINS, { optional: true })] })
 */
export function originList(
  value: string | readonly string[] | undefined,
  options?: { readonly optional?: boolean | undefined },
): string[] {
  // ConfigService.get() may return anything, whatever its type promises.
  const given: unknown = value;
  const items: readonly unknown[] = typeof given === 'string' ? given.split(',') : Array.isArray(given) ? given : [];
  const named = items.map((item) => textOf(item).trim()).filter((origin) => origin !== '');
  return named.length > 0 || ownValue(options ?? {}, 'optional') === true ? named : [''];
}

/** Never throws, as `String()` may: it runs code of the object. */
function textOf(item: unknown): string {
  if (typeof item === 'string') {
    return item;
  }
  return typeof item === 'object' ? '[object Object]' : quotedValue(item);
}
