import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { APPS, filesOf, listApps, replaceFolder, writeText } from './applications.js';
import { command } from './command.js';

/** `APPS=write`: what the migration does is written down as expected, to be read by a person. */
const WRITE = process.env['APPS'] === 'write';

describe.each(await listApps())('the application %s', (name) => {
  const before = join(APPS, name, 'before');
  const after = join(APPS, name, 'after');
  let folder = '';

  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'migrate-')), 'app');
    await cp(before, folder, { recursive: true });
  });

  afterEach(() => rm(join(folder, '..'), { recursive: true }));

  it('becomes what is expected, and the report says the rest', async () => {
    const { code, out, report } = await command(folder, [folder, '--write']);
    const said = `exit code ${code}\n${report}`;
    if (WRITE) {
      await replaceFolder(after, folder);
      await writeText(join(APPS, name, 'report.txt'), said);
    }

    expect(out).toBe('');
    expect(said).toBe(await readFile(join(APPS, name, 'report.txt'), 'utf8'));
    expect(await filesOf(folder)).toEqual(await filesOf(after));
  });

  it('is left alone by a second run, which reports what is still left', async () => {
    const first = await command(folder, [folder, '--write']);
    const second = await command(folder, [folder, '--write']);

    expect(await filesOf(folder)).toEqual(await filesOf(after));
    expect(second.code).toBe(first.code);
    const left = (report: string): string => /Left as it is[\s\S]*/.exec(report)?.[0] ?? '';
    expect(left(second.report)).toBe(left(first.report));
  });

  it('is only described without --write', async () => {
    const { out } = await command(folder, []);
    const named = [...out.matchAll(/^\+\+\+ b\/(.*)$/gm)].map(([, file]) => file);

    expect(await filesOf(folder)).toEqual(await filesOf(before));
    const [old, expected] = [await filesOf(before), await filesOf(after)];
    expect(named).toEqual([...expected].flatMap(([file, text]) => (old.get(file) === text ? [] : [file])));
  });
});
