/** What strangers can send without end, and what must not be kept of it: origins that are refused, and tenants that nobody knows. */
import type { Dice } from './dice.js';
import { anyRoute, expectedOfPreflight, expectedOfRequest, type Route } from './expectation.js';
import { textOf, type Exchange } from './random-exchange.js';

/** Refused, at the preflight or at the request: nearly every time from an origin that was not seen before. */
export function randomRefusal(dice: Dice): Exchange {
  const route = refusingRoute(dice);
  const origin = strangeOrigin(dice);
  if (dice.below(3) === 0) {
    const headers = [`Origin: ${origin}`, `Access-Control-Request-Method: ${route.method}`];
    return {
      method: 'OPTIONS',
      text: textOf('OPTIONS', route, headers),
      expected: expectedOfPreflight(route, origin, route.method, []),
      ends: false,
    };
  }
  const text = textOf(route.method, route, [`Origin: ${origin}`, ...(route.headers ?? [])]);
  return {
    method: route.method,
    text: text + (route.body ?? ''),
    expected: expectedOfRequest(route, origin, true),
    ends: route.ends === true,
  };
}

function refusingRoute(dice: Dice): Route {
  for (;;) {
    const route = anyRoute(dice);
    if (route.policy?.names !== '*') {
      return route;
    }
  }
}

function strangeOrigin(dice: Dice): string {
  switch (dice.below(4)) {
    case 0:
      return dice.word(4000);
    case 1:
      return `https://${dice.word(300)}.example`;
    default:
      return `https://${dice.word(20)}.stranger.example`;
  }
}

const KNOWN_SHOPS = 50;

/** One in eight is about a shop that exists, and its page has to be let in, however many others were asked for meanwhile. */
export function randomShop(dice: Dice): Exchange {
  const isKnown = dice.below(8) === 0;
  const shop = isKnown ? `shop${dice.below(KNOWN_SHOPS)}` : `x-${dice.word(40)}`;
  const origin = `https://${shop}.shops.example`;
  const route: Route = {
    method: 'GET',
    path: `/shops/${shop}`,
    status: 200,
    policy: {
      names: () => isKnown,
      credentials: true,
      exposes: 'X-Total',
      allows: ['X-Trace', 'Content-Type'],
    },
    served: 'GET',
  };
  return dice.below(3) === 0
    ? {
        method: 'OPTIONS',
        text: textOf('OPTIONS', route, [`Origin: ${origin}`, 'Access-Control-Request-Method: GET']),
        expected: expectedOfPreflight(route, origin, 'GET', []),
        ends: false,
      }
    : {
        method: 'GET',
        text: textOf('GET', route, [`Origin: ${origin}`]),
        expected: expectedOfRequest(route, origin, true),
        ends: false,
      };
}

/** What the inspector has to say after so many refusals. */
export async function findMiscounts(port: number, refused: number): Promise<readonly string[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/cors/refusals.json`, { headers: { 'X-CORS-Inspector': '1' } });
  const report = (await answer.json()) as {
    readonly revision: number;
    readonly uncounted: number;
    readonly rows: readonly { readonly count: number }[];
    readonly origins: readonly unknown[];
  };
  const inRows = report.rows.reduce((sum, { count }) => sum + count, report.uncounted);
  const found = [
    [report.revision, refused, 'refusals'],
    [inRows, refused, 'refusals in rows'],
    [report.origins.length, Math.min(refused, 100), 'origins'],
  ] as const;
  console.log(`${report.rows.length} rows, ${report.origins.length} origins, ${report.revision} refusals`);
  return found.flatMap(([is, should, what]) => (is === should ? [] : [`${what}: ${is}, not ${should}`]));
}
