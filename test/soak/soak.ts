/**
 * `npm run soak`: random requests at full speed, every answer judged; then what is left of them in the server.
 * `-- --requests N` per platform (a million if not said), `-- --minutes N` at the longest, `-- --seed N`.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Connection } from './connection.js';
import { Dice } from './dice.js';
import { randomExchange, type Exchange } from './random-exchange.js';
import type { Command, Condition } from './server.js';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000000' },
    minutes: { type: 'string', default: '15' },
    seed: { type: 'string', default: '1' },
  },
});
const REQUESTS = Number(values.requests);
const CONNECTIONS = 16;
const PIPELINED = 8;
/** Collections settle to within this much of each other, with no leak at all. */
const TOLERANCE = 1.5 * 2 ** 20;
/** A tenth of the requests apart; the policies are replaced as often. */
const STAGES = 10;
const WARM_UP_STAGES = 2;

class Server {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async start(platform: string): Promise<Server> {
    const path = fileURLToPath(new URL('./server.js', import.meta.url));
    const child = fork(path, [platform], { execArgv: ['--expose-gc'] });
    const [{ port }] = (await once(child, 'message')) as [Condition];
    return new Server(child, port);
  }

  async command(command: Command): Promise<Condition> {
    this.child.send(command);
    const [condition] = (await once(this.child, 'message')) as [Condition];
    return condition;
  }

  /** True if it ends by itself once nobody holds the channel. */
  async end(): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.disconnect();
    await exit;
  }
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)} MiB`;

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

async function soak(platform: string, deadline: number): Promise<boolean> {
  const server = await Server.start(platform);
  const connections = Array.from({ length: CONNECTIONS }, () => new Connection(server.port));
  const dice = new Dice(Number(values.seed));
  const wrong: string[] = [];
  const heaps: number[] = [];
  let sent = 0;
  let busy = 0;
  console.log(`\n${platform}\n${'requests'.padStart(10)}${'heap'.padStart(14)}${'resident'.padStart(14)}`);
  for (let stage = 1; stage <= STAGES; stage += 1) {
    const until = Math.round((REQUESTS * stage) / STAGES);
    const next = (): Exchange | undefined => {
      if (sent >= until || Date.now() > deadline) {
        return undefined;
      }
      sent += 1;
      return randomExchange(dice);
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
  const { faults, handles } = await server.command('close');
  await server.end();

  const growth = Math.max(...heaps.slice(-2)) - Math.max(...heaps.slice(0, WARM_UP_STAGES));
  console.log(`${Math.round((1000 * sent) / busy)} requests/s; heap since warm-up: ${mebibytes(growth)}`);
  console.log(`wrong answers: ${wrong.length}; faults: ${faults.length}; open handles: ${handles.length}`);
  const findings = [...wrong.slice(0, 5), ...faults.slice(0, 5), ...handles];
  for (const finding of findings) {
    console.log(finding);
  }
  if (sent < REQUESTS) {
    console.log(`out of time after ${sent} of ${REQUESTS} requests`);
  }
  return sent === REQUESTS && findings.length === 0 && growth < TOLERANCE;
}

let passed = 0;
const platforms = ['express', 'fastify'];
for (const platform of platforms) {
  if (await soak(platform, Date.now() + (Number(values.minutes) * 60_000) / platforms.length)) {
    passed += 1;
  }
}
console.log(`\n${passed} passed, ${platforms.length - passed} failed`);
process.exitCode = passed === platforms.length ? 0 : 1;
