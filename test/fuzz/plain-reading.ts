import type { CorsModuleOptions, CorsOrigin, CorsPolicyOptions } from 'nestjs-cors';

/**
 * Whether a policy names this origin, read off its options as a person would: slowly, and with nothing of the library.
 * A function counts as yes: what it says is its own affair, and here it can only widen.
 */
export function mayName(origin: string, options: CorsPolicyOptions | undefined): boolean {
  const items = [options?.origin ?? false].flat();
  return items.some((item) => item !== false && itemNames(origin, item));
}

function itemNames(origin: string, item: CorsOrigin): boolean {
  if (typeof item !== 'string') {
    return !(item instanceof RegExp) || new RegExp(`^(?:${item.source})$`).test(origin);
  }
  if (!item.includes('*')) {
    return origin === item;
  }
  const [scheme = '', rest = ''] = item.split('://');
  const host = rest.replace(/:\*$/, '');
  const anyHost = host.startsWith('*.') ? `([^/:.]+\\.)+${literal(host.slice(2))}` : literal(host);
  return new RegExp(`^${scheme}://${anyHost}${rest.endsWith(':*') ? '(:\\d+)?' : ''}$`).test(origin);
}

function literal(text: string): string {
  return text.replaceAll('.', String.raw`\.`);
}

/** A named policy over what `forRoot` says. */
export function policyNamed(name: string, { policies, ...root }: CorsModuleOptions): CorsPolicyOptions {
  const named = policies?.[name];
  return typeof named === 'object' ? { ...root, ...named } : root;
}
