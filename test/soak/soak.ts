/**
 * `npm run soak`: random requests at full speed, every answer judged; then what strangers may send without end, refusals that the
 * inspector counts and tenants that nobody knows; then handshakes of sockets, every verdict judged; and what is left of them in the
 * server. `-- --requests N` per platform (a million if not said), `-- --strangers N` of each kind per platform (a million),
 * `-- --handshakes N` per platform (50 000); none with 0; `-- --minutes N` at the longest for each million, `-- --seed N`.
 */
import { parseArgs } from 'node:util';
import { Connection } from './connection.js';
import { Dice } from './dice.js';
import { soakHandshakes } from './handshakes.js';
import { randomExchange, type Exchange } from './random-exchange.js';
import { mebibytes, SoakedProcess, TOLERANCE } from './soaked-process.js';
import { findMiscounts, randomRefusal, randomShop } from './strangers.js';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000000' },
    strangers: { type: 'string', default: '1000000' },
    handshakes: { type: 'string', default: '50000' },
    minutes: { type: 'string', default: '15' },
    seed: { type: 'string', default: '1' },
  },
});
const REQUESTS = Number(values.requests);
const STRANGERS = Number(values.strangers);
const HANDSHAKES = Number(values.handshakes);
const CONNECTIONS = 16;
const PIPELINED = 8;
/** A tenth of the requests apart; the policies are replaced as often. */
const STAGES = 10;
const WARM_UP_STAGES = 2;

const platforms = ['express', 'fastify'];

/** Sends one after the other until there are none left: as many of it run at once as answers may be outstanding. */
async function work(connection: Connection, next: () => Exchange | undefined, wrong: string[]): Promise<void> {
  for (let exchange = next(); exchange !== undefined; exchange = next()) {
    const { method, text, expected, ends } = exchange;
    const { status, cors } = ends
      ? await Connection.sendOnce(connection.port, method, text)
      : await connection.send(method, text);
    if (status !== expected.status || cors !== expected.cors) {
      wrong.push(`${text}${status}, not ${expected.status}\n${cors}\n-- instead of --\n${expected.cors}\n`);
    }
  }
}

/** A kind of requests, and the application that they are sent to. */
interface Kind {
  readonly module: string;
  readonly count: number;
  readonly random: (dice: Dice) => Exchange;
  /** What the server says wrongly in the end. */
  readonly findMistakes?: (port: number, sent: number) => Promise<readonly string[]>;
}

const KINDS: readonly Kind[] = [
  { module: 'requests', count: REQUESTS, random: randomExchange },
  { module: 'refusals', count: STRANGERS, random: randomRefusal, findMistakes: findMiscounts },
  { module: 'shops', count: STRANGERS, random: randomShop },
];

async function soak(platform: string, { module, count, random, findMistakes }: Kind): Promise<boolean> {
  const deadline = Date.now() + (Number(values.minutes) * 60_000) / platforms.length;
  const server = await SoakedProcess.start(platform, module);
  const connections = Array.from({ length: CONNECTIONS }, () => new Connection(server.port));
  const dice = new Dice(Number(values.seed));
  const wrong: string[] = [];
  const heaps: number[] = [];
  let sent = 0;
  let busy = 0;
  console.log(`\n${platform}, ${module}\n${'requests'.padStart(10)}${'heap'.padStart(14)}${'resident'.padStart(14)}`);
  for (let stage = 1; stage <= STAGES; stage += 1) {
    const until = Math.round((count * stage) / STAGES);
    const next = (): Exchange | undefined => {
      if (sent >= until || Date.now() > deadline) {
        return undefined;
      }
      sent += 1;
      return random(dice);
    };
    const from = Date.now();
    const workers = connections.flatMap((connection) => Array.from({ length: PIPELINED }, () => connection));
    await Promise.all(workers.map(async (connection) => work(connection, next, wrong)));
    busy += Date.now() - from;
    await server.command('update');
    const { heap, resident } = await server.command('measure');
    heaps.push(heap);
    console.log(`${String(sent).padStart(10)}${mebibytes(heap).padStart(14)}${mebibytes(resident).padStart(14)}`);
  }
  for (const connection of connections) {
    connection.close();
  }
  wrong.push(...((await findMistakes?.(server.port, sent)) ?? []));
  const { faults, handles } = await server.command('close');
  await server.end();

  const growth = Math.max(...heaps.slice(-2)) - Math.max(...heaps.slice(0, WARM_UP_STAGES));
  console.log(`${Math.round((1000 * sent) / busy)} requests/s; heap since warm-up: ${mebibytes(growth)}`);
  console.log(`wrong answers: ${wrong.length}; faults: ${faults.length}; open handles: ${handles.length}`);
  const findings = [...wrong.slice(0, 5), ...faults.slice(0, 5), ...handles];
  for (const finding of findings) {
    console.log(finding);
  }
  if (sent < count) {
    console.log(`out of time after ${sent} of ${count} requests`);
  }
  return sent === count && findings.length === 0 && growth < TOLERANCE;
}

const parts: (() => Promise<boolean>)[] = [];
for (const kind of KINDS) {
  for (const platform of platforms) {
    if (kind.count > 0) {
      parts.push(async () => soak(platform, kind));
    }
  }
}
for (const platform of platforms) {
  if (HANDSHAKES > 0) {
    parts.push(async () => soakHandshakes(platform, HANDSHAKES, Number(values.seed)));
  }
}
let passed = 0;
for (const part of parts) {
  if (await part()) {
    passed += 1;
  }
}
console.log(`\n${passed} passed, ${parts.length - passed} failed`);
process.exitCode = passed === parts.length ? 0 : 1;
