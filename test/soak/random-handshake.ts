/** Handshakes, and what has to become of them: worked out from what `gateways.module.ts` declares, with nothing of the library. */
import type { Dice } from './dice.js';

/** How long the hanging gateway's function is waited for, in milliseconds. */
export const HANGS_FOR = 300;

export interface Handshake {
  readonly target: Target;
  readonly headers: Readonly<Record<string, string>>;
  /** At the server's door. */
  readonly passes: boolean;
  /** At the namespace, which only those reach who have passed the door. */
  readonly joins: boolean;
}

interface Target {
  /** The path of ws, or the namespace of socket.io. */
  readonly name: string;
  readonly allows: (origin: string) => boolean;
}

export const isCustomer = (origin: string): boolean => /^https:\/\/(?:[a-z0-9-]+\.)+customers\.example$/.test(origin);
export const isTenant = (origin: string): boolean => /^https:\/\/[a-z0-9]+\.tenant\.example$/.test(origin);
const isNamed = (origin: string): boolean => origin === 'https://app.example.com' || isCustomer(origin);

const WS: readonly [Target, ...Target[]] = [
  { name: '/named', allows: isNamed },
  { name: '/asking', allows: isTenant },
];

const NAMESPACES: readonly [Target, ...Target[]] = [
  { name: '/', allows: isNamed },
  { name: '/customers', allows: isCustomer },
  { name: '/tenants', allows: isTenant },
];

export function randomWs(dice: Dice, port: number): Handshake {
  const target = dice.oneOf(WS);
  return handshakeAt(target, [target], dice, port);
}

/** Who may join any namespace passes the door. */
export function randomSocketIo(dice: Dice, port: number): Handshake {
  return handshakeAt(dice.oneOf(NAMESPACES), NAMESPACES, dice, port);
}

function handshakeAt(target: Target, behindDoor: readonly Target[], dice: Dice, port: number): Handshake {
  const own = `http://127.0.0.1:${port}`;
  const origin = anyOrigin(dice, own);
  const site = dice.oneOf([undefined, undefined, undefined, 'same-origin', 'same-site', 'cross-site', 'none']);
  const headers = {
    ...(origin === undefined ? {} : { Origin: origin }),
    ...(site === undefined ? {} : { 'Sec-Fetch-Site': site }),
  };
  const isOwn =
    origin === undefined
      ? site !== 'same-site' && site !== 'cross-site'
      : site === undefined
        ? origin === own
        : site === 'same-origin';
  const isAllowedBy = ({ allows }: Target): boolean => isOwn || (origin !== undefined && allows(origin));
  return { target, headers, passes: behindDoor.some(isAllowedBy), joins: isAllowedBy(target) };
}

/** Nearly every one comes once only: nothing may be kept for each. */
function anyOrigin(dice: Dice, own: string): string | undefined {
  switch (dice.below(10)) {
    case 0:
      return undefined;
    case 1:
      return own;
    case 2:
      return 'https://app.example.com';
    case 3:
    case 4:
      return `https://${dice.word(20)}.customers.example`;
    case 5:
    case 6:
      return `https://${dice.word(20)}.tenant.example`;
    case 7:
      return `https://${dice.word(20)}.example:${1 + dice.below(65_535)}`;
    case 8:
      return dice.oneOf(['null', 'https://app.example.com/', 'https://APP.example.com', `${own}/`, `${own}0`]);
    default:
      return dice.word(900);
  }
}
