import type { ChildProcess } from 'node:child_process';

import { SOCKET_KINDS, type SocketKind } from '../apps/gateways.js';
import { said, startChild } from '../measure/child.js';
import { estimatePairs, median } from '../measure/interval.js';
import { randomFrom, shuffled } from '../measure/random.js';
import type { Bar, SuiteResult, Table } from '../report/result.js';
import type { DialOrder, DialReport } from './dial.main.js';
import type { Effort } from './effort.js';

const WAYS = ['bare', 'with the module'] as const;
type Way = (typeof WAYS)[number];

/** Microseconds of the server's processor time. */
interface Cost {
  readonly handshake: number;
  readonly message: number;
}

type Round = Readonly<Record<Way, Cost>>;

interface Counts {
  /** How often all processes are started anew: what one got by luck stays with it for life. */
  readonly generations: number;
  readonly rounds: number;
  readonly handshakes: number;
  readonly messages: number;
}

const FULL_COUNTS: Counts = { generations: 5, rounds: 12, handshakes: 250, messages: 500 };
const QUICK_COUNTS: Counts = { generations: 1, rounds: 1, handshakes: 8, messages: 4 };

/** An allowed handshake, and messages on the open socket, with and without the module: the server's own processor time. */
export async function handshakesSuite({ quick }: Effort): Promise<SuiteResult> {
  const counts = quick ? QUICK_COUNTS : FULL_COUNTS;
  const rows: Table['rows'][number][] = [];
  const bars: Bar[] = [];
  for (const kind of SOCKET_KINDS) {
    const rounds: Round[] = [];
    for (let generation = 0; generation < counts.generations; generation += 1) {
      rounds.push(...(await dialInTurn(kind, counts, generation % 2 === 0 ? WAYS : WAYS.toReversed())));
    }
    for (const way of WAYS) {
      // The low end: what else runs on the machine only ever adds time.
      const of = (key: keyof Cost): number => {
        const sorted = rounds.map((round) => round[way][key]).toSorted((a, b) => a - b);
        return sorted[Math.floor(sorted.length / 10)] ?? Number.NaN;
      };
      rows.push({ name: `${kind}, ${way}`, values: [of('handshake'), of('message')] });
    }
    const ratio = (key: keyof Cost, what: string, limit: number): Bar => ({
      what: `${what} of ${kind}, against the same without the module`,
      limit,
      direction: 'at most',
      unit: '×',
      figure: estimatePairs(rounds, (drawn) =>
        median(drawn.map((round) => round['with the module'][key] / round.bare[key])),
      ),
    });
    bars.push(ratio('handshake', 'a handshake', 1.15), ratio('message', 'a message', 1.02));
  }
  const table: Table = {
    id: 'handshakes',
    title: 'Sockets: an allowed handshake, and a message and its answer',
    unit: 'µs of the server’s processor time',
    columns: ['handshake', 'message'],
    rows,
    note: `The tenth percentile of ${counts.generations * counts.rounds} rounds, in ${counts.generations} processes of each kind, each of ${counts.handshakes} handshakes and ${counts.messages} messages, with and without the module in turn; ratios are taken within each round. A handshake of socket.io is that of its websocket, and joins the namespace.`,
  };
  return { tables: [table], bars: quick ? [] : bars };
}

async function dialInTurn(
  kind: SocketKind,
  { rounds: count, handshakes, messages }: Counts,
  ways: readonly Way[],
): Promise<readonly Round[]> {
  const dialler = startChild('suites/dial.main.js', []);
  const servers: { readonly way: Way; readonly child: ChildProcess; readonly port: number }[] = [];
  for (const way of ways) {
    const child = startChild('suites/gateway.main.js', [kind, way]);
    const { port } = await said<{ port: number }>(child);
    servers.push({ way, child, port });
  }
  /** Microseconds that the server worked for it. */
  const time = async ({ child, port }: (typeof servers)[number], order: Partial<DialOrder>): Promise<number> => {
    const before = await usedBy(child);
    dialler.send({ port, kind, handshakes: 0, messages: 0, ...order } satisfies DialOrder);
    const { faults } = await said<DialReport>(dialler);
    if (faults.length > 0) {
      throw new Error(`${kind}, on port ${port}: ${faults.join()}`);
    }
    return (await usedBy(child)) - before;
  };
  const cost = async (server: (typeof servers)[number]): Promise<Cost> => ({
    handshake: (await time(server, { handshakes })) / handshakes,
    message: (await time(server, { messages })) / messages,
  });
  // The compiler does its part.
  for (const server of servers) {
    for (let times = 0; times < (count > 1 ? 8 : 1); times += 1) {
      await cost(server);
    }
  }

  const rounds: Round[] = [];
  const random = randomFrom(7);
  while (rounds.length < count) {
    const round: Partial<Record<Way, Cost>> = {};
    for (const server of shuffled(servers, random)) {
      round[server.way] = await cost(server);
    }
    rounds.push(round as Round);
  }
  for (const child of [dialler, ...servers.map((server) => server.child)]) {
    child.disconnect();
  }
  return rounds;
}

async function usedBy(child: ChildProcess): Promise<number> {
  child.send('used');
  return (await said<{ microseconds: number }>(child)).microseconds;
}
