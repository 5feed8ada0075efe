/** What every route has to answer, worked out from what `soaked.module.ts` declares, with nothing of the library. */
import type { Dice } from './dice.js';

/** A policy in the words of a test. */
interface Declared {
  /** Whether it names this origin; `'*'`: it names everybody. */
  readonly names: '*' | ((origin: string) => boolean);
  readonly credentials: boolean;
  readonly exposes: string;
  /** Undefined: any, echoed. */
  readonly allows: readonly string[] | undefined;
}

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Undefined: closed. */
  readonly policy: Declared | undefined;
  /**
   * The answer to a preflight's method: the methods that this URL serves under this policy. Where a function decides, it has been
   * asked about one of them, and the answer promises no other.
   */
  readonly served: string;
  readonly enforced?: boolean;
  /** What the handler says of `Vary` itself. */
  readonly vary?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  /** Fastify closes the connection after a body that it cannot read. */
  readonly ends?: boolean;
}

const ROOT: Declared = {
  names: (origin) =>
    origin === 'https://app.example.com' ||
    /^https:\/\/(?:[a-z0-9-]+\.)+customers\.example$/.test(origin) ||
    /^https:\/\/pr-\d+\.preview\.example$/.test(origin),
  credentials: true,
  exposes: 'X-Total',
  allows: ['X-Trace', 'Content-Type'],
};
const EVERYONE: Declared = { names: '*', credentials: false, exposes: '', allows: ROOT.allows };

const USUAL = 'GET, HEAD, PUT, PATCH, POST, DELETE';

/** A route at random, with the parts of its URL that are free at random. */
export function anyRoute(dice: Dice): Route {
  const id = dice.word(12);
  const query = dice.below(2) === 0 ? '' : `?${dice.word(5)}=${dice.word(30)}`;
  const route = dice.oneOf([
    { method: 'GET', path: `/cats/${id}`, status: 200, policy: ROOT, served: 'GET, HEAD, PUT' },
    { method: 'HEAD', path: `/cats/${id}`, status: 200, policy: ROOT, served: 'GET, HEAD, PUT' },
    { method: 'PUT', path: `/cats/${id}`, status: 200, policy: ROOT, served: 'GET, HEAD, PUT' },
    { method: 'DELETE', path: `/cats/${id}`, status: 200, policy: undefined, served: '' },
    dice.below(8) === 0 ? jsonRoute(400, `{"name":${id}`) : jsonRoute(201, `{"name":"${id}"}`),
    {
      method: 'GET',
      path: '/public',
      status: 200,
      policy: { ...EVERYONE, allows: undefined },
      served: 'GET, HEAD, PUT',
      vary: 'Accept-Language',
    },
    {
      method: 'PUT',
      path: '/public',
      status: 200,
      policy: { ...EVERYONE, allows: undefined },
      served: 'GET, HEAD, PUT',
    },
    { method: 'GET', path: `/tenants/${id}`, status: 200, policy: tenant(id), served: 'GET' },
    { method: 'DELETE', path: `/tenants/${id}`, status: 200, policy: tenant(id), served: 'DELETE' },
    { method: 'POST', path: '/enforced', status: 201, policy: ROOT, served: 'POST', enforced: true },
    { method: 'GET', path: '/answers/guarded', status: 401, policy: ROOT, served: 'GET, HEAD' },
    { method: 'GET', path: '/answers/crash', status: 500, policy: ROOT, served: 'GET, HEAD' },
    { method: 'GET', path: '/answers/events', status: 200, policy: ROOT, served: 'GET, HEAD' },
    { method: 'GET', path: '/answers/stream', status: 200, policy: ROOT, served: 'GET, HEAD' },
    { method: 'GET', path: `/files/${id}/${dice.word(8)}.txt`, status: 404, policy: EVERYONE, served: USUAL },
    { method: dice.oneOf(['GET', 'PUT', 'DELETE']), path: `/nowhere/${id}`, status: 404, policy: ROOT, served: USUAL },
  ] satisfies [Route, ...Route[]]) as Route;
  return { ...route, path: route.path + query };
}

function jsonRoute(status: number, body: string): Route {
  const headers = ['Content-Type: application/json', `Content-Length: ${body.length}`];
  return { method: 'POST', path: '/cats', status, policy: ROOT, served: 'POST', headers, body, ends: status === 400 };
}

function tenant(name: string): Declared {
  return { ...ROOT, names: (origin) => origin === `https://${name}.tenant.example` };
}

function lines(headers: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(headers).filter(([, value]) => value !== undefined && value !== '');
  return given
    .map(([name, value]) => `${name}: ${String(value)}`)
    .toSorted()
    .join('\n');
}

function namedAs({ names }: Declared, origin: string | undefined): string | undefined {
  if (names === '*') {
    return '*';
  }
  return origin !== undefined && names(origin) ? origin : undefined;
}

export interface Expected {
  readonly status: number;
  readonly cors: string;
}

export function expectedOfRequest(route: Route, origin: string | undefined, crossSite: boolean): Expected {
  const { policy, status, vary } = route;
  if (policy === undefined) {
    return { status, cors: lines({ vary }) };
  }
  const allowed = namedAs(policy, origin);
  const refused = route.enforced === true && crossSite && allowed === undefined;
  return {
    status: refused ? 403 : status,
    cors: lines({
      vary: [policy.names === '*' ? '' : 'Origin', vary ?? ''].filter((name) => name !== '').join(', '),
      'access-control-allow-origin': allowed,
      'access-control-allow-credentials': allowed !== undefined && policy.credentials ? 'true' : undefined,
      'access-control-expose-headers': allowed === undefined ? undefined : policy.exposes,
    }),
  };
}

/** `asked`: the names of ACRH, undefined where the text is no list of names. */
export function expectedOfPreflight(
  route: Route,
  origin: string,
  announced: string,
  asked: readonly string[] | undefined,
): Expected {
  const { policy, served } = route;
  const question = 'Access-Control-Request-Method, Access-Control-Request-Headers';
  const vary = policy?.names === '*' ? question : `Origin, ${question}`;
  const allowed = policy === undefined ? undefined : namedAs(policy, origin);
  const takesMethod = served.split(', ').includes(announced);
  const takesHeaders =
    asked?.every((name) => policy?.allows?.some((each) => each.toLowerCase() === name.toLowerCase()) ?? true) ?? false;
  if (policy === undefined || allowed === undefined || !takesMethod || !takesHeaders) {
    return { status: 403, cors: lines({ vary }) };
  }
  return {
    status: 204,
    cors: lines({
      vary,
      'access-control-allow-origin': allowed,
      'access-control-allow-credentials': policy.credentials ? 'true' : undefined,
      'access-control-allow-methods': served,
      'access-control-allow-headers': asked?.length === 0 ? undefined : (policy.allows ?? asked ?? []).join(', '),
      'access-control-max-age': '600',
    }),
  };
}
