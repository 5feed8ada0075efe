import type { Dice } from './dice.js';
import { anyRoute, expectedOfPreflight, expectedOfRequest, type Expected, type Route } from './expectation.js';

/** A request as it goes over the wire, and what has to come back. */
export interface Exchange {
  readonly method: string;
  readonly text: string;
  readonly expected: Expected;
  /** It takes a connection of its own. */
  readonly ends: boolean;
}

export function randomExchange(dice: Dice): Exchange {
  const route = anyRoute(dice);
  return dice.below(3) === 0 ? preflightOf(route, dice) : requestTo(route, dice);
}

function requestTo(route: Route, dice: Dice): Exchange {
  const origin = dice.below(8) === 0 ? undefined : anyOrigin(route, dice);
  const site = dice.oneOf([undefined, undefined, 'same-origin', 'cross-site']);
  const crossSite = site !== 'same-origin' && (origin !== undefined || site === 'cross-site');
  const text = textOf(route.method, route, [
    ...(origin === undefined ? [] : [`Origin: ${origin}`]),
    ...(site === undefined ? [] : [`Sec-Fetch-Site: ${site}`]),
    ...(route.headers ?? []),
    ...strayHeaders(dice),
  ]);
  return {
    method: route.method,
    text: text + (route.body ?? ''),
    expected: expectedOfRequest(route, origin, crossSite),
    ends: route.ends === true,
  };
}

function preflightOf(route: Route, dice: Dice): Exchange {
  const origin = anyOrigin(route, dice);
  const announced = dice.below(5) === 0 ? dice.oneOf(['PROPFIND', 'patch', dice.word(10)]) : route.method;
  const asked = dice.below(4) === 0 ? undefined : headerNames(dice);
  const broken = asked !== undefined && dice.below(12) === 0;
  const text = textOf('OPTIONS', route, [
    `Origin: ${origin}`,
    `Access-Control-Request-Method: ${announced}`,
    ...(asked === undefined
      ? []
      : [`Access-Control-Request-Headers: ${[...asked, ...(broken ? ['x y'] : [])].join(', ')}`]),
    ...strayHeaders(dice),
  ]);
  return {
    method: 'OPTIONS',
    text,
    expected: expectedOfPreflight(route, origin, announced, broken ? undefined : (asked ?? [])),
    ends: false,
  };
}

export function textOf(method: string, { path }: Route, headers: readonly string[]): string {
  return [`${method} ${path} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');
}

/** Half of them are named by some policy, and nearly every one comes once only: nothing may be kept for each. */
function anyOrigin({ path }: Route, dice: Dice): string {
  const tenant = /^\/tenants\/([^?]*)/.exec(path)?.[1];
  if (tenant !== undefined && dice.below(2) === 0) {
    return `https://${tenant}.tenant.example`;
  }
  switch (dice.below(10)) {
    case 0:
    case 1:
      return 'https://app.example.com';
    case 2:
    case 3:
      return `https://${dice.word(20)}.customers.example`;
    case 4:
      return `https://pr-${dice.below(100_000)}.preview.example`;
    case 5:
      return `https://${dice.word(20)}.example:${1 + dice.below(65_535)}`;
    case 6:
      return `https://app.example.com.${dice.word(10)}.example`;
    case 7:
      return dice.oneOf(['null', 'https://app.example.com/', 'https://APP.example.com', 'https://app.example.com:443']);
    case 8:
      return dice.word(900);
    default:
      return `http://${dice.word(20)}.customers.example`;
  }
}

/** Each once: names that come twice are echoed once, and that is another test's affair. */
function headerNames(dice: Dice): readonly string[] {
  const names = dice.oneOf([[], ['x-trace'], ['content-type', 'x-trace'], ['content-type']]);
  const strange =
    dice.below(3) === 0 ? Array.from({ length: dice.below(20) }, (_, index) => `x-${dice.word(12)}-${index}`) : [];
  return [...names, ...strange];
}

function strayHeaders(dice: Dice): readonly string[] {
  return Array.from({ length: dice.below(4) }, () => `X-${dice.word(16)}: ${dice.word(200)}`);
}
