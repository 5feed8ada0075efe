/** What ten thousand tenants with twenty origins each hold, in bytes. Needs --expose-gc. */
import { TenantOrigins, originsOf } from '../apps/tenants.js';

const count = Number(process.argv[2]);
const store = new TenantOrigins();
const signal = new AbortController().signal;

/** A promise only where the list is loaded first. */
function allows(tenant: string, origin: string): boolean | Promise<boolean> {
  return store.allowsOrigin(origin, {
    origin,
    phase: 'other',
    method: '',
    url: '',
    params: { tenant },
    host: undefined,
    route: undefined,
    credentials: true,
    signal,
  });
}

/** Twice: what the first finds dead may have been held by something else that was. */
function held(): number {
  global.gc?.();
  global.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

// What is loaded and compiled at the first list is no tenant's.
await allows('first', 'https://app0.first.example.com');
const before = held();
for (let index = 0; index < count; index += 1) {
  const [origin = ''] = originsOf(`t${index}`);
  if (!(await allows(`t${index}`, origin))) {
    throw new Error(`${origin} was refused`);
  }
}
const bytes = held() - before;
// All of them are still there.
if (allows('t0', 'https://app0.t0.example.com') !== true) {
  throw new Error('The first tenant was forgotten');
}
process.send?.(bytes, () => process.exit());
