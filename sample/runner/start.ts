/**
 * Starts a sample: its API, a proxy that has lost its API, and the page on two origins. `npm start` offers a list,
 * `npm start 02-fastify` starts that one.
 *
 * All in one process: so the recorder can watch the API from outside, and one Ctrl-C ends everything.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CorsConfigError, CorsService } from 'nestjs-cors';
import { readHandlers, readSources } from './handlers.js';
import { servePages } from './pages.js';
import { assertFree, readPorts } from './ports.js';
import { startProxy } from './proxy.js';
import { record } from './recorder.js';
import { chooseSample } from './samples.js';
import { StartError } from './start-error.js';

const GATEWAYS = '05-gateway';

/** What the page shows the handlers of. */
const CONTROLLERS = ['resources.controller.ts', 'data.controller.ts'];

/** The folder of the samples as they are written; this file runs from `sample/dist/runner`. */
const SOURCES = new URL('../../', import.meta.url);

/** What every sample's `main.ts` exports, as far as it is needed here. */
interface Main {
  readonly app: {
    getHttpServer(): NodeJS.EventEmitter & { address(): AddressInfo };
    get(token: typeof CorsService): CorsService;
    close(): Promise<void>;
  };
}

async function start(sample: string): Promise<void> {
  const ports = readPorts(process.env);
  await assertFree(ports);

  const { file, handlers } = await describeApi(sample);
  const ownPage = new URL(`${sample}/page/`, SOURCES);
  let apiPort = ports.api;
  // Known once the API has started, and asked from then on.
  const api: { cors?: CorsService } = {};
  const proxy = await startProxy(ports.proxy);
  const recorder = record(() => [apiPort, proxy.port]);
  const pages = await servePages({
    folders: [new URL('01-quick-start/page/', SOURCES), ...(existsSync(ownPage) ? [ownPage] : [])],
    shared: [
      new URL('dist/picture.js', SOURCES),
      new URL('../page/picture/picture.css', SOURCES),
      ...(sample === GATEWAYS ? [socketIoClient()] : []),
    ],
    ports,
    config: (origins) => ({
      ...origins,
      sample,
      api: `http://localhost:${apiPort}`,
      proxy: `http://localhost:${proxy.port}`,
      file,
      handlers,
    }),
    exchanges: (id) => recorder.read(id),
    diagnose: async (question) => ({ ...(await api.cors?.explain(question)) }),
  });

  // The API finds its settings as any program would: in the environment, and in a .env of its own folder.
  process.chdir(fileURLToPath(new URL(`${sample}/`, SOURCES)));
  process.env['API_PORT'] = String(ports.api);
  process.env['PAGE_ORIGIN'] = pages.page;
  process.env['STRANGER_ORIGIN'] = pages.stranger;
  const { app }: Main = await import(`../${sample}/src/main.js`);
  const server = app.getHttpServer();
  apiPort = server.address().port;
  recorder.watchUpgrades(server);
  api.cors = app.get(CorsService);

  async function stop(): Promise<void> {
    recorder.stop();
    // Then nothing is left that would keep the process.
    await Promise.all([pages.close(), proxy.close(), app.close()]);
  }
  // A second Ctrl-C finds no handler, and ends the process as usual.
  process.once('SIGINT', () => void stop());
  process.once('SIGTERM', () => void stop());

  console.log(
    [
      '',
      `  ${sample} is running. Open the page:`,
      '',
      `    ${pages.page}`,
      '',
      `  It sends its requests to the API at http://localhost:${apiPort},`,
      `  and so does the stranger at ${pages.stranger}.`,
      '  Ctrl-C ends it all.',
      '',
    ].join('\n'),
  );
}

/** Where the page says that the sources are, and the source of what answers at each path. */
async function describeApi(sample: string): Promise<{ file: string; handlers: Record<string, string> }> {
  if (sample === GATEWAYS) {
    const file = `${sample}/src`;
    const source = (name: string): URL => new URL(`${file}/${name}`, SOURCES);
    const sources = { '/socket.io/': source('chat.gateway.ts'), '/ticker': source('ticker.ts') };
    return { file: `sample/${file}`, handlers: await readSources(sources) };
  }
  const own = CONTROLLERS.map((name) => `${sample}/src/${name}`).find((path) => existsSync(new URL(path, SOURCES)));
  const file = own ?? '01-quick-start/src/resources.controller.ts';
  return { file: `sample/${file}`, handlers: await readHandlers(new URL(file, SOURCES)) };
}

/** The client as its package brings it, for browsers. */
function socketIoClient(): URL {
  const main = createRequire(import.meta.url).resolve('socket.io-client/dist/socket.io.js');
  return new URL('socket.io.esm.min.js', pathToFileURL(main));
}

/** What to tell about an error that is no fault of the program's. */
function explained(error: unknown, sample: string | undefined): string | undefined {
  if (error instanceof StartError) {
    return error.message;
  }
  if (error instanceof CorsConfigError) {
    return `${error}${settingsOf(sample)}`;
  }
  // Taken between the look and the start.
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `A port is taken: ${error.message}`;
  }
  return undefined;
}

function settingsOf(sample: string | undefined): string {
  if (sample === undefined || !existsSync(new URL(`${sample}/.env.example`, SOURCES))) {
    return '';
  }
  const folder = `sample/${sample}`;
  return `\n\nThe settings of this sample stand in a file of their own:\n  cp ${folder}/.env.example ${folder}/.env`;
}

let sample: string | undefined;
try {
  sample = await chooseSample(process.argv[2], { input: process.stdin, output: process.stdout });
  if (sample !== undefined) {
    await start(sample);
  }
} catch (error) {
  console.error(explained(error, sample) ?? error);
  process.exit(1);
}
