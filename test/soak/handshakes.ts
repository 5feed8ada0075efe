/** The part of the soak that opens sockets: every verdict judged, then what is left of them in the server. */
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { Dice } from './dice.js';
import { randomSocketIo, randomWs, type Handshake } from './random-handshake.js';
import { mebibytes, SoakedProcess, TOLERANCE } from './soaked-process.js';

const AT_ONCE = 32;
const STAGES = 10;
const WARM_UP_STAGES = 2;
/** Handshakes that wait at the same time, while who is asked about them says nothing. */
const WAITING = 1000;
const WAITING_ROUNDS = 5;

const POLLING = 'socket.io/?EIO=4&transport=polling';

interface Door {
  readonly module: string;
  readonly random: (dice: Dice, port: number) => Handshake;
  /** What became of a handshake: a status, or what the namespace said. */
  readonly open: (port: number, handshake: Handshake, isPolling: boolean) => Promise<string>;
  readonly expected: (handshake: Handshake) => string;
}

const DOORS: readonly Door[] = [
  {
    module: 'ws',
    random: randomWs,
    open: async (port, { target, headers }) => openWs(`ws://127.0.0.1:${port}${target.name}`, headers),
    expected: ({ passes }) => (passes ? '101' : '403'),
  },
  {
    module: 'socket.io',
    random: randomSocketIo,
    open: async (port, handshake, isPolling) => (isPolling ? poll(port, handshake) : join(port, handshake)),
    expected: ({ passes, joins }) => (passes ? (joins ? 'joined' : 'kept out') : '403'),
  },
];

/** @returns whether all was right. */
export async function soakHandshakes(platform: string, count: number, seed: number): Promise<boolean> {
  let isRight = true;
  for (const door of DOORS) {
    isRight = (await soakDoor(platform, door, count / DOORS.length, seed)) && isRight;
  }
  return isRight;
}

async function soakDoor(platform: string, door: Door, count: number, seed: number): Promise<boolean> {
  const server = await SoakedProcess.start(platform, door.module);
  const dice = new Dice(seed);
  const wrong: string[] = [];
  const heaps: number[] = [];
  const outcomes = new Map<string, number>();
  let sent = 0;
  let busy = 0;
  console.log(
    `\n${platform}, ${door.module}\n${'handshakes'.padStart(10)}${'heap'.padStart(14)}${'resident'.padStart(14)}`,
  );
  const measure = async (label: string): Promise<void> => {
    const { heap, resident } = await server.command('measure');
    heaps.push(heap);
    console.log(`${label.padStart(10)}${mebibytes(heap).padStart(14)}${mebibytes(resident).padStart(14)}`);
  };
  for (let stage = 1; stage <= STAGES; stage += 1) {
    const until = Math.round((count * stage) / STAGES);
    const from = Date.now();
    const work = async (): Promise<void> => {
      while (sent < until) {
        sent += 1;
        const handshake = door.random(dice, server.port);
        const outcome = await door.open(server.port, handshake, sent % 2 === 0);
        const expected = door.expected(handshake);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        if (outcome !== expected) {
          wrong.push(`${handshake.target.name} ${JSON.stringify(handshake.headers)}: ${outcome}, not ${expected}`);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    busy += Date.now() - from;
    await measure(String(sent));
  }
  if (door.module === 'ws') {
    for (let round = 1; round <= WAITING_ROUNDS; round += 1) {
      wrong.push(...(await keepWaiting(server.port)));
      await measure(`+${round * WAITING}`);
    }
  }
  const { handles: open } = await server.command('measure');
  const { faults, handles } = await server.command('close');
  await server.end();

  const growth = Math.max(...heaps.slice(-2)) - Math.max(...heaps.slice(0, WARM_UP_STAGES));
  const left = [...open.filter((name) => name === 'TCPSocketWrap'), ...handles];
  console.log(`${Math.round((1000 * sent) / busy)} handshakes/s; heap since warm-up: ${mebibytes(growth)}`);
  console.log([...outcomes].map(([outcome, times]) => `${outcome}: ${times}`).join('; '));
  console.log(`wrong verdicts: ${wrong.length}; faults: ${faults.length}; open handles: ${left.length}`);
  const findings = [...wrong.slice(0, 5), ...faults.slice(0, 5), ...left];
  for (const finding of findings) {
    console.log(finding);
  }
  return findings.length === 0 && growth < TOLERANCE;
}

async function openWs(url: string, headers: Handshake['headers']): Promise<string> {
  const socket = new WebSocket(url, { headers });
  const status = await statusOf(socket);
  socket.terminate();
  return status;
}

async function statusOf(socket: WebSocket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('open', () => resolve('101'));
    socket.once('unexpected-response', (request, { statusCode }) => {
      request.destroy();
      resolve(String(statusCode));
    });
    socket.on('error', (error) => resolve(String(error)));
  });
}

/** Joins a namespace over a websocket, in socket.io's own words, and leaves. */
async function join(port: number, { target, headers }: Handshake): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, { headers });
  const answer = new Promise<string>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const packet = data.toString();
      if (packet.startsWith('4')) {
        resolve(verdictOf(packet));
      }
    });
  });
  const status = await statusOf(socket);
  if (status !== '101') {
    return status;
  }
  socket.send(connectPacket(target.name));
  const verdict = await answer;
  socket.terminate();
  return verdict;
}

/** The same over polling: a page closes its session, and so does this. */
async function poll(port: number, { target, headers }: Handshake): Promise<string> {
  const url = `http://127.0.0.1:${port}/${POLLING}`;
  const opened = await sendText(url, { method: 'GET', headers });
  if (opened.status !== 200) {
    return String(opened.status);
  }
  const { sid } = JSON.parse(opened.text.slice(1)) as { readonly sid: string };
  const session = `${url}&sid=${sid}`;
  await sendText(session, { method: 'POST', headers, body: connectPacket(target.name) });
  const { text } = await sendText(session, { method: 'GET', headers });
  await sendText(session, { method: 'POST', headers, body: '1' });
  return verdictOf(text);
}

function connectPacket(namespace: string): string {
  return namespace === '/' ? '40' : `40${namespace},`;
}

function verdictOf(packet: string): string {
  if (packet.startsWith('40')) {
    return 'joined';
  }
  return packet.startsWith('44') && packet.includes('"status":403') ? 'kept out' : packet;
}

interface Sent {
  readonly method: 'GET' | 'POST';
  readonly headers: Handshake['headers'];
  readonly body?: string;
}

/** On a connection of its own, so that none is left open. */
async function sendText(url: string, sent: Sent): Promise<{ readonly status: number; readonly text: string }> {
  const { method, headers, body } = sent;
  const asked = request(url, { method, headers: { ...headers, Connection: 'close' }, agent: false });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const part of response) {
    text += String(part);
  }
  return { status: response.statusCode ?? 0, text };
}

/** Clients that send their handshake, and neither read nor hang up. */
async function keepWaiting(port: number): Promise<readonly string[]> {
  const sockets = await Promise.all(Array.from({ length: WAITING }, async (_, index) => halfOpen(port, index)));
  const answers = await Promise.all(sockets.map(readAll));
  return answers.filter((answer) => !answer.startsWith('HTTP/1.1 403 ')).map((answer) => `waiting: ${answer}`);
}

async function halfOpen(port: number, index: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  await once(socket, 'connect');
  const lines = [
    'GET /hanging HTTP/1.1',
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Origin: https://s${index}.example`,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return socket;
}

async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1');
  for await (const part of socket) {
    text += String(part);
  }
  socket.destroy();
  return text;
}
