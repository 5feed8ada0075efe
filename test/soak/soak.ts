/**
 * `npm run soak`: random requests at full speed, every answer judged; then handshakes of sockets, every verdict judged; and what
 * is left of them in the server. `-- --requests N` per platform (a million if not said), `-- --handshakes N` per platform
 * (50 000; none with 0), `-- --minutes N` at the longest for the requests, `-- --seed N`.
 */
import { parseArgs } from 'node:util';
import { Connection } from './connection.js';
import { Dice } from './dice.js';
import { soakHandshakes } from './handshakes.js';
import { randomExchange, type Exchange } from './random-exchange.js';
import { mebibytes, SoakedProcess, TOLERANCE } from './soaked-process.js';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000000' },
    handshakes: { type: 'string', default: '50000' },
    minutes: { type: 'string', default: '15' },
    seed: { type: 'string', default: '1' },
  },
});
const REQUESTS = Number(values.requests);
const HANDSHAKES = Number(values.handshakes);
const CONNECTIONS = 16;
const PIPELINED = 8;
/** A tenth of the requests apart; the policies are replaced as often. */
const STAGES = 10;
const WARM_UP_STAGES = 2;

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
  const server = await SoakedProcess.start(platform, 'requests');
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

const parts: (() => Promise<boolean>)[] = [];
const platforms = ['express', 'fastify'];
for (const platform of platforms) {
  if (REQUESTS > 0) {
    parts.push(async () => soak(platform, Date.now() + (Number(values.minutes) * 60_000) / platforms.length));
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
