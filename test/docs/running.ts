import { type ChildProcess, fork } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { type Block, placeOf } from './blocks.js';
import { javaScriptOf } from './compiling.js';
import { ROOT } from './pages.js';

const STAGE = fileURLToPath(new URL('stage.mjs', import.meta.url));
/** Inside of the package, so that `nestjs-cors` is this package as it was built. */
const PROGRAMS = `${ROOT}.cache/programs/`;

/** A block that creates no application itself is the root module of one: it runs on both platforms. */
export type Platform = 'express' | 'fastify' | 'its own';

export interface RunningProgram {
  /** Of the last server that it has opened. */
  readonly port: number;
  /** Ends it, and returns what it has printed. */
  end(): Promise<string>;
}

export function platformsOf({ code }: Block): readonly Platform[] {
  return /\.listen\(|\.init\(/.test(code) || !/\bclass AppModule\b/.test(code) ? ['its own'] : ['express', 'fastify'];
}

const START: Readonly<Record<Platform, string>> = {
  'its own': '',
  express: startOn('express', 'ExpressAdapter'),
  fastify: startOn('fastify', 'FastifyAdapter'),
};

function startOn(platform: string, adapter: string): string {
  return `
const { NestFactory: Starts } = await import('@nestjs/core');
const { ${adapter}: Adapter } = await import('@nestjs/platform-${platform}');
await (await Starts.create(AppModule, new Adapter(), { abortOnError: false })).listen(3000);
`;
}

/** Starts a program, and waits until its module has run and, if it is to be asked something, until it listens. */
export async function runProgram(block: Block, platform: Platform, isAsked: boolean): Promise<RunningProgram> {
  const file = `${PROGRAMS}${block.page.replaceAll('/', '-')}-${block.line}-${platform.replace(' ', '-')}.mjs`;
  await mkdir(PROGRAMS, { recursive: true });
  await writeFile(file, `${javaScriptOf(block)}${START[platform]}`);

  const child = fork(STAGE, [file], {
    cwd: ROOT,
    env: { ...process.env, ...environmentOf(block), NO_COLOR: '1', FORCE_COLOR: '0', NODE_OPTIONS: '', TZ: 'UTC' },
    execArgv: ['--enable-source-maps', '--disable-warning=ExperimentalWarning'],
    silent: true,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (printed += text));
  }
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const end = async (): Promise<string> => {
    child.kill();
    await closed;
    await rm(file, { force: true });
    return printed;
  };

  let port = 0;
  try {
    port = await ready(child, closed, isAsked);
  } catch (error) {
    throw new Error(`${placeOf(block)} (${platform}): ${String(error)}\n${await end()}`, { cause: error });
  }
  return { port, end };
}

/** Resolves with the port, also if the program has ended by itself: what it printed may be the point. */
function ready(child: ChildProcess, closed: Promise<number | null>, isAsked: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    let port = 0;
    let done = false;
    child.on('message', (message: { port?: number; done?: true }) => {
      port = message.port ?? port;
      done ||= message.done === true;
      if (done && (port > 0 || !isAsked)) {
        resolve(port);
      }
    });
    void closed.then((code) => (isAsked ? reject(new Error(`it ended with exit code ${code}`)) : resolve(port)));
  });
}

function environmentOf({ words }: Block): Record<string, string> {
  return Object.fromEntries(
    words.filter((word) => word.includes('=')).map((word) => [word.split('=')[0] ?? '', word.replace(/^[^=]*=/, '')]),
  );
}

/**
 * What a program has printed, as a page shows it: without colours, without the time and the process that Nest's logger puts in
 * front, and without Nest's own lines about modules and routes.
 */
export function linesOf(printed: string): string[] {
  return stripVTControlCharacters(printed)
    .split('\n')
    .map((line) => line.replace(/^\[Nest\] \d+ +- .*? (?:LOG|WARN|ERROR|DEBUG|VERBOSE|FATAL) /, '').trimEnd())
    .filter(
      (line) =>
        line !== '' && !/^\[(?:NestFactory|InstanceLoader|Routes?Resolver|RouterExplorer|NestApplication)\]/.test(line),
    );
}
