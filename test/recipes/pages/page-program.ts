/** The programs that a page of the documentation shows, and the exchanges that it shows after each of them. */

export interface Exchange {
  /** The line of the page on which the request begins, from 1. */
  readonly line: number;
  readonly method: string;
  readonly path: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: string | undefined;
  readonly status: number;
  /** Names in lower case. `…` in a value stands for anything. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface PageProgram {
  /** The line of the page on which its code begins, from 1. */
  readonly line: number;
  readonly code: string;
  /** What it imports as `./app.module.js`: the module of the program above it. */
  readonly module: string | undefined;
  readonly exchanges: readonly Exchange[];
}

interface Block {
  readonly line: number;
  readonly language: string;
  /** Those marked ```ts run are processes of their own, in test/docs. */
  readonly isMarked: boolean;
  readonly code: string;
}

interface Message {
  readonly line: number;
  readonly start: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const START_LINE = /^(?:[A-Z]+ \S+ HTTP\/1\.1|HTTP\/1\.1 \d{3} .+)$/;

/** A whole program is a block whose application listens; each block `http` belongs to the program above it. */
export function programsOf(markdown: string): readonly PageProgram[] {
  const programs: (Block & { module: string | undefined; exchanges: Exchange[] })[] = [];
  for (const block of blocksOf(markdown)) {
    if (block.language === 'ts' && /\bNestFactory\b[^]*\.listen\(/.test(block.code)) {
      const imports = block.code.includes("from './app.module.js'");
      programs.push({ ...block, module: imports ? moduleOf(programs.at(-1)) : undefined, exchanges: [] });
    } else if (block.language === 'http') {
      const program = programs.at(-1);
      if (program === undefined) {
        throw new Error(`line ${block.line}: no program above this exchange`);
      }
      program.exchanges.push(...exchangesOf(block));
    }
  }
  return programs.filter(({ isMarked }) => !isMarked);
}

/** A program without its start. */
function moduleOf(program: Block | undefined): string {
  const [module = ''] = program?.code.split(/^const app\b/m) ?? [];
  return module.replace(/^class AppModule\b/m, 'export class AppModule');
}

function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^( *)```(\w+)\b(.*)\n([\s\S]*?)^\1```$/gm)].map((match) => ({
    line: markdown.slice(0, match.index).split('\n').length + 1,
    language: match[2] ?? '',
    isMarked: /^ run\b/.test(match[3] ?? ''),
    code: (match[4] ?? '').replaceAll(new RegExp(`^${match[1]}`, 'gm'), ''),
  }));
}

function exchangesOf(block: Block): readonly Exchange[] {
  const messages = messagesOf(block);
  if (messages.length === 0 || messages.length % 2 === 1) {
    throw new Error(`line ${block.line}: not as many responses as requests`);
  }
  return messages.flatMap((request, index) => {
    const response = messages[index + 1];
    return index % 2 === 0 && response ? [exchangeOf(request, response)] : [];
  });
}

function exchangeOf(request: Message, response: Message): Exchange {
  const [method = '', path = ''] = request.start.split(' ');
  const [version, status] = response.start.split(' ');
  if (version !== 'HTTP/1.1' || !path.startsWith('/')) {
    throw new Error(`line ${request.line}: not a request and its response`);
  }
  return {
    line: request.line,
    method,
    path,
    requestHeaders: request.headers,
    requestBody: request.body,
    status: Number(status),
    headers: response.headers,
    body: response.body,
  };
}

function messagesOf({ line: first, code }: Block): readonly Message[] {
  const lines = code.trimEnd().split('\n');
  const starts = lines.flatMap((line, index) => (START_LINE.test(line) ? [index] : []));
  return starts.map((start, index) => {
    const rest = lines.slice(start + 1, starts[index + 1]);
    const end = rest.indexOf('');
    const head = end === -1 ? rest : rest.slice(0, end);
    const body = end === -1 ? '' : rest.slice(end).join('\n').trim();
    return {
      line: first + start,
      start: lines[start] ?? '',
      headers: Object.fromEntries(head.map((field) => headerOf(field, first + start))),
      body: body === '' ? undefined : body,
    };
  });
}

function headerOf(field: string, line: number): readonly [string, string] {
  const match = /^([\w-]+): (.+)$/.exec(field);
  if (match === null) {
    throw new Error(`after line ${line}: "${field}" is not a header`);
  }
  return [(match[1] ?? '').toLowerCase(), match[2] ?? ''];
}
