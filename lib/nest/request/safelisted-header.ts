/** Fetch, "CORS-unsafe request-header byte": the controls but tab, and characters that a lax parser may interpret. */
// oxlint-disable-next-line no-control-regex -- the standard names them
const UNSAFE_BYTE = /[\0-\x08\x0A-\x1F"():<>?@[\\\]{}\x7F]/;
const LANGUAGE = /^[0-9A-Za-z *,\-.;=]*$/;
const LONGEST_VALUE = 128;

/** What a form can send. */
const FORM_TYPES: ReadonlySet<string> = new Set([
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
]);

/** The part before the parameters, without the whitespace that the MIME Sniffing standard takes off. */
const ESSENCE = /^[\t\n\r ]*([^;]*?)[\t\n\r ]*(?:;|$)/;
const SIMPLE_RANGE = /^bytes=([0-9]+)-([0-9]*)$/;

/**
 * Whether a page may send this header without asking first. `lib/testing` implements this rule independently, and a test
 * compares the two: the test browser must not share the faults of the code under test.
 *
 * @param name - in lower case.
 * @param value - as Node reads it: a character for each byte, several lines joined.
 * @see https://fetch.spec.whatwg.org/#cors-safelisted-request-header
 */
export function isSafelistedHeader(name: string, value: string): boolean {
  if (value.length > LONGEST_VALUE) {
    return false;
  }
  switch (name) {
    case 'accept':
      return !UNSAFE_BYTE.test(value);
    case 'accept-language':
    case 'content-language':
      return LANGUAGE.test(value);
    case 'content-type':
      return !UNSAFE_BYTE.test(value) && FORM_TYPES.has(ESSENCE.exec(value)?.[1]?.toLowerCase() ?? '');
    case 'range':
      return isSimpleRange(value);
    default:
      return false;
  }
}

/** @see https://fetch.spec.whatwg.org/#simple-range-header-value */
function isSimpleRange(value: string): boolean {
  const [, first, last = ''] = SIMPLE_RANGE.exec(value) ?? [];
  // At most 128 digits: a number would lose the last of them.
  return first !== undefined && (last === '' || BigInt(first) <= BigInt(last));
}
