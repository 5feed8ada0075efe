import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { chooseSample, SAMPLES } from '../../sample/runner/samples.js';
import { startSample } from './running-sample.js';

const FOLDER = new URL('../../sample/', import.meta.url);

const LIST = `
  Samples:

    1  01-quick-start     the scenarios of CORS, each drawn as it happens
    2  02-fastify         the same API on Fastify
    3  03-config-service  origins and policies from the environment
    4  04-tenants         origins that tenants enter themselves, in a database
    5  05-gateway         a chat on socket.io and a ticker on ws

`;

interface Session {
  readonly chosen: string | undefined;
  readonly printed: string;
}

/** A terminal, or a pipe, at which this is typed before it is closed. */
async function choose(named: string | undefined, isTTY: boolean, ...typed: string[]): Promise<Session> {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = Object.assign(new PassThrough(), { isTTY });
  input.end(typed.map((line) => `${line}\n`).join(''));
  const chosen = await chooseSample(named, { input, output });
  output.end();
  return { chosen, printed: await text(output) };
}

describe('npm start without the name of a sample', () => {
  it.each([
    ['its number', '4', '04-tenants'],
    ['its name', '02-fastify', '02-fastify'],
    ['Enter alone, for the first', '', '01-quick-start'],
  ])('lets a person choose by %s', async (_, typed, chosen) => {
    expect(await choose(undefined, true, typed)).toEqual({ chosen, printed: `${LIST}  Which one? [1] ` });
  });

  it('asks again for what is not in the list', async () => {
    const { chosen, printed } = await choose(undefined, true, '6', '0', 'two', '5');

    expect(chosen).toBe('05-gateway');
    expect(printed.slice(LIST.length).match(/Type a number from 1 to 5/g)).toHaveLength(3);
  });

  it('starts nothing for a person who leaves', async () => {
    expect((await choose(undefined, true)).chosen).toBeUndefined();
  });

  it('prints the list and takes the first where nobody can be asked', async () => {
    expect(await choose(undefined, false, '4')).toEqual({
      chosen: '01-quick-start',
      printed: `${LIST}  Starting 01-quick-start. For another one: npm start 2, or npm start 02-fastify\n`,
    });
  });

  it('starts the first sample then, for real', async () => {
    const sample = await startSample(undefined);
    const { stdout, stderr } = await sample.stop();

    expect(stderr).toBe('');
    expect(stdout).toContain('1  01-quick-start');
    expect(stdout).toContain('01-quick-start is running.');
  });
});

describe('npm start with a sample', () => {
  it.each([
    ['name', '03-config-service'],
    ['number', '3'],
  ])('takes its %s, and prints no list', async (_, named) => {
    expect(await choose(named, true)).toEqual({ chosen: '03-config-service', printed: '' });
  });

  it.each(['6', '0', '', 'quick-start', '04-express'])('refuses %j, with the list', async (named) => {
    await expect(choose(named, true)).rejects.toThrow(`There is no sample "${named}". Choose one of these:`);
  });
});

describe('the list of samples', () => {
  it('is that of the folders, and each has a README and a picture', async () => {
    const folders = (await readdir(FOLDER)).filter((name) => /^\d/.test(name));
    expect(SAMPLES.map(({ name }) => name)).toEqual(folders.toSorted());

    for (const name of folders) {
      const readme = await readFile(new URL(`${name}/README.md`, FOLDER), 'utf8');
      const [, picture = ''] = /^!\[[^\]]+\]\((picture\.\w+)\)$/m.exec(readme) ?? [];
      const { length } = await readFile(new URL(`${name}/${picture}`, FOLDER));
      expect(length).toBeLessThan(120_000);
      expect(readme).toContain(`npm start ${name === '01-quick-start' ? '' : name}`.trim());
    }
  });
});
