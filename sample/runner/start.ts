/**
 * Starts a sample: its API, a proxy that has lost its API, and the page on two origins. `npm start`, or `npm start 02-fastify`.
 *
 * All in one process: so the recorder can watch the API from outside, and one Ctrl-C ends everything.
 */
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { CorsConfigError, CorsService } from 'nestjs-cors';
import { readHandlers } from './handlers.js';
import { servePages } from './pages.js';
import { assertFree, readPorts } from './ports.js';
import { startProxy } from './proxy.js';
import { record } from './recorder.js';
import { StartError } from './start-error.js';

const SAMPLES = ['01-quick-start', '02-fastify', '03-config-service'];

/** The folder of the samples as they are written; this file runs from `sample/dist/runner`. */
const SOURCES = new URL('../../', import.meta.url);

/** What every sample's `main.ts` exports, as far as it is needed here. */
interface Main {
  readonly app: {
    getHttpServer(): { address(): AddressInfo };
    get(token: typeof CorsService): CorsService;
    close(): Promise<void>;
  };
}

async function start(sample: string): Promise<void> {
  if (!SAMPLES.includes(sample)) {
    throw new StartError(`There is no sample "${sample}". Choose one of: ${SAMPLES.join(', ')}.`);
  }
  const ports = readPorts(process.env);
  await assertFree(ports);

  const own = `${sample}/src/resources.controller.ts`;
  const file = existsSync(new URL(own, SOURCES)) ? own : '01-quick-start/src/resources.controller.ts';
  const handlers = await readHandlers(new URL(file, SOURCES));
  let apiPort = ports.api;
  // Known once the API has started, and asked from then on.
  const api: { cors?: CorsService } = {};
  const proxy = await startProxy(ports.proxy);
  const recorder = record(() => [apiPort, proxy.port]);
  const pages = await servePages({
    folder: new URL('01-quick-start/page/', SOURCES),
    shared: [new URL('dist/picture.js', SOURCES), new URL('../page/picture/picture.css', SOURCES)],
    ports,
    config: (origins) => ({
      ...origins,
      sample,
      api: `http://localhost:${apiPort}`,
      proxy: `http://localhost:${proxy.port}`,
      file: `sample/${file}`,
      handlers,
    }),
    exchanges: (id) => recorder.read(id),
    diagnose: async (question) => ({ ...(await api.cors?.explain(question)) }),
  });

  // The API finds its settings as any program would: in the environment, and in a .env of its own folder.
  process.chdir(fileURLToPath(new URL(`${sample}/`, SOURCES)));
  process.env['API_PORT'] = String(ports.api);
  process.env['PAGE_ORIGIN'] = pages.page;
  const { app }: Main = await import(`../${sample}/src/main.js`);
  apiPort = app.getHttpServer().address().port;
  api.cors = app.get(CorsService);

  async function stop(): Promise<void> {
    recorder.stop();
    await Promise.all([pages.close(), proxy.close(), app.close()]);
    process.exit(0);
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

/** What to tell about an error that is no fault of the program's. */
function explained(error: unknown, sample: string): string | undefined {
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

function settingsOf(sample: string): string {
  if (!existsSync(new URL(`${sample}/.env.example`, SOURCES))) {
    return '';
  }
  const folder = `sample/${sample}`;
  return `\n\nThe settings of this sample stand in a file of their own:\n  cp ${folder}/.env.example ${folder}/.env`;
}

const [sample = '01-quick-start'] = process.argv.slice(2);
try {
  await start(sample);
} catch (error) {
  console.error(explained(error, sample) ?? error);
  process.exit(1);
}
