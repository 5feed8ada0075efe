/** The samples, and which of them to start. */
import { createInterface } from 'node:readline';
import { StartError } from './start-error.js';

export interface Sample {
  readonly name: string;
  readonly about: string;
}

/** In the order of the list; what is typed is the number in front of the name. */
export const SAMPLES: readonly Sample[] = [
  { name: '01-quick-start', about: 'the scenarios of CORS, each drawn as it happens' },
  { name: '02-fastify', about: 'the same API on Fastify' },
  { name: '03-config-service', about: 'origins and policies from the environment' },
  { name: '04-tenants', about: 'origins that tenants enter themselves, in a database' },
  { name: '05-gateway', about: 'a chat on socket.io and a ticker on ws' },
];

/** What is started when nobody chooses: the README's one line has to start something. */
const FIRST = '01-quick-start';

interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * The sample that is named, by its name or its number. Where none is, a person at a terminal is asked, and anything else (a
 * script, CI) gets the list to read and the first sample. `undefined` if the person leaves without a choice.
 */
export async function chooseSample(
  named: string | undefined,
  { input, output }: Terminal,
): Promise<string | undefined> {
  if (named !== undefined) {
    return nameOf(named);
  }
  output.write(`\n  Samples:\n\n${listed()}\n\n`);
  if (input.isTTY !== true || output.isTTY !== true) {
    output.write(`  Starting ${FIRST}. For another one: npm start 2, or npm start ${SAMPLES[1]?.name}\n`);
    return FIRST;
  }
  return ask({ input, output });
}

/** Asks until the answer is a sample. Enter alone is the first one. */
async function ask({ input, output }: Terminal): Promise<string | undefined> {
  const lines = createInterface({ input, output, terminal: false });
  output.write('  Which one? [1] ');
  try {
    // Ends at Ctrl-D.
    for await (const line of lines) {
      const sample = find(line.trim() || FIRST);
      if (sample !== undefined) {
        return sample.name;
      }
      output.write(`  Type a number from 1 to ${SAMPLES.length}: [1] `);
    }
    output.write('\n');
    return undefined;
  } finally {
    lines.close();
  }
}

function nameOf(text: string): string {
  const sample = find(text);
  if (sample === undefined) {
    throw new StartError(`There is no sample "${text}". Choose one of these:\n\n${listed()}`);
  }
  return sample.name;
}

function find(text: string): Sample | undefined {
  return SAMPLES.find(({ name }, index) => name === text || String(index + 1) === text);
}

function listed(): string {
  const width = Math.max(...SAMPLES.map(({ name }) => name.length));
  return SAMPLES.map(({ name, about }, index) => `    ${index + 1}  ${name.padEnd(width)}  ${about}`).join('\n');
}
